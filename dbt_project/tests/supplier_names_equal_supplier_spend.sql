-- what an organisation was paid under all its names is what it was paid
with names as (
    select
        supplier_id,
        sum(amount_gbp) as amount_gbp,
        sum(payment_count) as payment_count
    from {{ ref('supplier_names') }}
    group by supplier_id
),

suppliers as (
    select
        spend.supplier_id,
        sum(spend.amount_gbp) as amount_gbp,
        sum(spend.payment_count) as payment_count
    from {{ ref('supplier_spend') }} as spend
    inner join {{ ref('dim_suppliers') }} as dim on spend.supplier_id = dim.supplier_id
    where dim.payee_kind = 'organisation'
    group by spend.supplier_id
)

select supplier_id
from names
full join suppliers using (supplier_id)
where (names.amount_gbp, names.payment_count) is distinct from (suppliers.amount_gbp, suppliers.payment_count)
