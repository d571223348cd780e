with spend as (
    select * from {{ ref('int_supplier_spend') }}
),

final as (
    select
        financial_year,
        publisher_id,
        spend_scope,
        sum(amount_gbp)::numeric(16, 2) as amount_gbp,
        sum(payment_count)::bigint as payment_count
    from spend
    group by 1, 2, 3
)

select * from final
