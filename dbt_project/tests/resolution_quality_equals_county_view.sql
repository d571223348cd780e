-- what became of the payees of a body and year adds up to its gross spend, and its unresolved rows to the list
with told as (
    select
        financial_year,
        publisher_id,
        sum(amount_gbp) as gross_gbp
    from {{ ref('resolution_quality') }}
    group by financial_year, publisher_id
),

years as (
    select financial_year || ' ' || publisher_id as what
    from {{ ref('county_view') }} as county_view
    full join told using (financial_year, publisher_id)
    where coalesce(told.gross_gbp, 0) is distinct from county_view.gross_gbp
),

listed as (
    select coalesce(sum(amount_gbp), 0) as amount_gbp from {{ ref('unresolved_suppliers') }}
),

in_rows as (
    select coalesce(sum(amount_gbp), 0) as amount_gbp
    from {{ ref('resolution_quality') }}
    where outcome in ('in_review', 'unresolved')
)

select what from years
union all
select 'unresolved_suppliers' as what
from listed
cross join in_rows
where listed.amount_gbp <> in_rows.amount_gbp
