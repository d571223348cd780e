-- One row per body and complete financial year that the release analysts see now covers as well.
select
    concat_ws(' ', publisher_id, financial_year) as subject,
    earlier.headline_gbp as headline_gbp_before,
    latest.headline_gbp as headline_gbp_now,
    round(abs(latest.headline_gbp - earlier.headline_gbp) / abs(earlier.headline_gbp), 4) as movement,
    -- what the county does not count may move its figures no more than warn
    case
        when not latest.is_memo
            then round(abs(latest.headline_gbp - earlier.headline_gbp) / abs(earlier.headline_gbp), 4)
    end as movement_of_counted_body
from {schema}.county_view as latest
inner join {previous_schema}.county_view as earlier using (financial_year, publisher_id)
inner join quality.releases as previous on previous.release_number = {previous}
where earlier.headline_gbp <> 0
    and earlier.months_covered = earlier.months_expected
    and latest.months_covered = latest.months_expected
    -- the year had ended when the earlier release was made
    and make_date(left(financial_year, 4)::int + 1, 4, 1) <= previous.as_of
