-- what suppliers were paid adds up to what was spent, by body, year and scope
with suppliers as (
    select
        financial_year,
        publisher_id,
        spend_scope,
        sum(amount_gbp) as amount_gbp,
        sum(payment_count) as payment_count
    from {{ ref('supplier_spend') }}
    group by financial_year, publisher_id, spend_scope
)

select
    financial_year,
    publisher_id,
    spend_scope
from {{ ref('spend_by_scope') }} as scopes
full join suppliers using (financial_year, publisher_id, spend_scope)
where
    (scopes.amount_gbp, scopes.payment_count) is distinct from (suppliers.amount_gbp, suppliers.payment_count)
