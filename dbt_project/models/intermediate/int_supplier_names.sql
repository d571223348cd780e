with suppliers as (
    select * from {{ ref('int_suppliers') }}
    where payee_kind = 'organisation'
),

published as (
    select * from {{ ref('stg_suppliers') }}
),

decisions as (
    select * from {{ ref('stg_supplier_decisions') }}
),

-- a name that reads as a person's, or may be one, is not shown, also where it is known which organisation it means
named as (
    select
        suppliers.*,
        case
            when suppliers.entity_id is null or decisions.reads_as = 'organisation' then published.supplier_name
            else suppliers.organisation_name
        end as published_name,
        case when suppliers.method = 'override' then 'accept' else coalesce(decisions.band, 'reject') end as band
    from suppliers
    inner join published on suppliers.supplier_key = published.supplier_key
    left join decisions on suppliers.supplier_key = decisions.supplier_key
),

final as (
    select
        supplier_key,
        supplier_id,
        published_name,
        upper(regexp_replace(btrim(published_name), '\s+', ' ', 'g')) as name_form,
        method,
        score,
        band,
        gross_gbp
    from named
)

select * from final
