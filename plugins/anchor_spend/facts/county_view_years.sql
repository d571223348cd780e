-- One row per financial year: the county.
select
    financial_year as subject,
    sum(gross_gbp) as gross_gbp
from {schema}.county_view
where publisher_id <> 'county' and not is_memo
group by financial_year
