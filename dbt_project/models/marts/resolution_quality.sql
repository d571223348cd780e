with spend as (
    select * from {{ ref('int_supplier_spend') }}
),

outcomes as (
    select * from {{ ref('int_supplier_outcomes') }}
),

bodies as (
    select * from {{ ref('int_bodies') }}
),

told as (
    select
        spend.financial_year,
        spend.publisher_id,
        case
            when spend.supplier_id = 'redacted' then 'redacted'
            else coalesce(outcomes.outcome, 'unclear')
        end as outcome,
        case
            when spend.supplier_id = 'redacted' then 'redacted'
            else coalesce(outcomes.method, 'blank')
        end as method,
        case when spend.supplier_id <> 'redacted' then outcomes.band end as band,
        spend.supplier_key,
        spend.amount_gbp,
        spend.payment_count
    from spend
    left join outcomes on spend.supplier_key = outcomes.supplier_key
),

final as (
    select
        told.financial_year,
        told.publisher_id,
        told.outcome,
        told.method,
        told.band,
        sum(told.amount_gbp)::numeric(16, 2) as amount_gbp,
        sum(told.payment_count)::bigint as payment_count,
        count(distinct told.supplier_key) as supplier_count,
        bodies.is_memo
    from told
    inner join bodies on told.publisher_id = bodies.publisher_id
    group by told.financial_year, told.publisher_id, told.outcome, told.method, told.band, bodies.is_memo
)

select * from final
