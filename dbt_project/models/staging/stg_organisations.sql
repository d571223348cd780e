with organisations as (
    select * from {{ source('reference', 'organisations') }}
    where is_synthetic = {{ var('is_synthetic') }}
),

vintages as (
    select * from {{ source('reference', 'vintages') }}
    where is_synthetic = {{ var('is_synthetic') }} and dataset = 'organisations'
),

final as (
    select
        organisations.entity_id,
        organisations.register,
        organisations.register <> 'fca_mutuals' as is_charity,
        organisations.organisation_name,
        {{ postcode('organisations.postcode') }} as postcode,
        organisations.post_town,
        nullif(organisations.legal_form, '') as legal_form,
        nullif(organisations.status, '') as status,
        organisations.registered_on,
        organisations.removed_on,
        organisations.company_number,
        array_to_string(organisations.other_ids, ', ') as other_ids,
        organisations.latest_income,
        organisations.latest_income_year_end,
        organisations.is_listed,
        coalesce(organisations.last_vintage, vintages.vintage) as seen_in_vintage
    from organisations
    left join vintages on organisations.is_synthetic = vintages.is_synthetic
)

select * from final
