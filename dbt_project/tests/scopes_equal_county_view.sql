-- the scopes of a body and year add up to its gross spend, and one of them is its headline
with scopes as (
    select
        financial_year,
        publisher_id,
        sum(amount_gbp) as gross_gbp,
        coalesce(sum(amount_gbp) filter (where spend_scope = 'goods_and_services'), 0) as headline_gbp
    from {{ ref('spend_by_scope') }}
    group by financial_year, publisher_id
)

select
    financial_year,
    publisher_id
from {{ ref('county_view') }} as county_view
full join scopes using (financial_year, publisher_id)
where
    coalesce(scopes.gross_gbp, 0) is distinct from county_view.gross_gbp
    or coalesce(scopes.headline_gbp, 0) is distinct from county_view.headline_gbp
