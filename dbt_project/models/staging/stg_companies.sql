with companies as (
    select * from {{ source('reference', 'companies') }}
    where is_synthetic = {{ var('is_synthetic') }}
),

vintages as (
    select * from {{ source('reference', 'vintages') }}
    where is_synthetic = {{ var('is_synthetic') }} and dataset = 'companies'
),

final as (
    select
        'GB-COH-' || companies.company_number as entity_id,
        companies.company_number,
        companies.company_name,
        {{ postcode('companies.postcode') }} as postcode,
        companies.post_town,
        nullif(companies.status, '') as status,
        nullif(companies.category, '') as category,
        nullif(array_to_string(companies.sic_codes, '; '), '') as sic_codes,
        companies.incorporated_on,
        companies.dissolved_on,
        companies.accounts_category,
        companies.accounts_made_up_on,
        companies.country_of_origin,
        companies.mortgages_outstanding,
        companies.is_listed,
        coalesce(companies.last_vintage, vintages.vintage) as seen_in_vintage
    from companies
    left join vintages on companies.is_synthetic = vintages.is_synthetic
)

select * from final
