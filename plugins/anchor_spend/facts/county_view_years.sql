-- One row per financial year: the county.
select
    financial_year as subject,
    sum(gross_gbp) as gross_gbp,
    sum(months_covered) as months_covered,
    sum(months_expected) as months_expected,
    round(sum(months_covered) / nullif(sum(months_expected), 0), 4) as share_of_county_months
from {schema}.county_view
where publisher_id <> 'county' and not is_memo
group by financial_year
