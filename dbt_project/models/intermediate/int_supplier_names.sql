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

final as (
    select
        suppliers.supplier_key,
        suppliers.supplier_id,
        published.supplier_name as published_name,
        upper(regexp_replace(btrim(published.supplier_name), '\s+', ' ', 'g')) as name_form,
        suppliers.method,
        suppliers.score,
        case when suppliers.method = 'override' then 'accept' else coalesce(decisions.band, 'reject') end as band,
        suppliers.gross_gbp
    from suppliers
    inner join published on suppliers.supplier_key = published.supplier_key
    left join decisions on suppliers.supplier_key = decisions.supplier_key
)

select * from final
