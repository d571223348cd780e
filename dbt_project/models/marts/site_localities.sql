{{ config(indexes=[{'columns': ['financial_year', 'site_postcode', 'definition_id'], 'unique': true}]) }}

with definition_years as (
    select * from {{ ref('int_definition_years') }}
),

localities as (
    select * from {{ ref('int_site_localities') }}
),

final as (
    select
        definition_years.financial_year,
        localities.site_postcode,
        localities.definition_id,
        localities.valid_from,
        localities.is_local
    from localities
    inner join definition_years
        on
            localities.definition_id = definition_years.definition_id
            and localities.valid_from = definition_years.valid_from
)

select * from final
