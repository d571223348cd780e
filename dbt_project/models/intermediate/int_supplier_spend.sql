with payments as (
    select * from {{ ref('int_payments_scoped') }}
),

final as (
    select
        financial_year,
        publisher_id,
        supplier_key,
        supplier_id,
        spend_scope,
        sum(amount_gbp)::numeric(16, 2) as amount_gbp,
        sum(payment_count)::bigint as payment_count
    from payments
    group by 1, 2, 3, 4, 5
)

select * from final
