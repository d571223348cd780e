with spend as (
    select * from {{ ref('int_supplier_spend') }}
),

definition_years as (
    select * from {{ ref('int_definition_years') }}
),

sites as (
    select * from {{ ref('int_supplier_sites') }}
),

localities as (
    select * from {{ ref('int_site_localities') }}
),

final as (
    select
        spend.financial_year,
        spend.publisher_id,
        definition_years.definition_id,
        spend.spend_scope,
        coalesce(sum(spend.amount_gbp) filter (where localities.is_local), 0)::numeric(16, 2) as local_gbp,
        coalesce(sum(spend.amount_gbp) filter (where not localities.is_local), 0)::numeric(16, 2) as not_local_gbp,
        coalesce(sum(spend.amount_gbp) filter (where localities.is_local is null), 0)::numeric(16, 2)
            as unresolved_gbp
    from spend
    inner join definition_years on spend.financial_year = definition_years.financial_year
    left join sites on spend.supplier_key = sites.supplier_key
    left join localities
        on
            sites.site_postcode = localities.site_postcode
            and definition_years.definition_id = localities.definition_id
            and definition_years.valid_from = localities.valid_from
    group by 1, 2, 3, 4
)

select * from final
