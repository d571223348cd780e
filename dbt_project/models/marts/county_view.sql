with body_years as (
    select * from {{ ref('int_body_years') }}
),

spend as (
    select
        financial_year,
        publisher_id,
        sum(amount_gbp) as gross_gbp,
        sum(amount_gbp) filter (where spend_scope = 'goods_and_services') as headline_gbp
    from {{ ref('int_supplier_spend') }}
    group by 1, 2
),

final as (
    select
        body_years.financial_year,
        body_years.publisher_id,
        coalesce(spend.gross_gbp, 0)::numeric(16, 2) as gross_gbp,
        coalesce(spend.headline_gbp, 0)::numeric(16, 2) as headline_gbp,
        body_years.months_covered,
        body_years.months_expected,
        body_years.is_memo
    from body_years
    left join spend
        on body_years.financial_year = spend.financial_year and body_years.publisher_id = spend.publisher_id
)

select * from final
