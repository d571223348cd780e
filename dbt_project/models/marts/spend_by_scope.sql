with spend as (
    select * from {{ ref('int_supplier_spend') }}
),

bodies as (
    select * from {{ ref('int_bodies') }}
),

final as (
    select
        spend.financial_year,
        spend.publisher_id,
        spend.spend_scope,
        sum(spend.amount_gbp)::numeric(16, 2) as amount_gbp,
        sum(spend.payment_count)::bigint as payment_count,
        bodies.is_memo
    from spend
    inner join bodies on spend.publisher_id = bodies.publisher_id
    group by spend.financial_year, spend.publisher_id, spend.spend_scope, bodies.is_memo
)

select * from final
