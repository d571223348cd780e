-- One row per institution: the months that are due, those that are there, those a release before had.
with before_periods as (
    select distinct versions.publisher_id, versions.stream, versions.period
    from quality.release_files as files
    inner join landing.file_versions as versions on files.file_id = versions.file_id
    where files.release_number = {previous}
),

now_periods as (
    select distinct versions.publisher_id, versions.stream, versions.period
    from quality.release_files as files
    inner join landing.file_versions as versions on files.file_id = versions.file_id
    where files.release_number = {number}
),

calendar as (
    select
        publisher_id,
        sum(months_count) filter (where status <> 'not_due') as months_due,
        sum(months_count) filter (where status in ('loaded', 'restated', 'empty')) as months_there
    from {schema}.coverage
    where expected
    group by publisher_id
),

before_and_now as (
    select
        coalesce(before_periods.publisher_id, now_periods.publisher_id) as publisher_id,
        count(before_periods.period) as months_before,
        count(now_periods.period) as months_now,
        count(*) filter (where now_periods.period is null) as months_lost
    from before_periods
    full join now_periods using (publisher_id, stream, period)
    group by 1
)

select
    coalesce(bodies.publisher_id, before_and_now.publisher_id) as subject,
    coalesce(calendar.months_due, 0) as months_due,
    coalesce(calendar.months_there, 0) as months_there,
    round(coalesce(calendar.months_there, 0)::numeric / nullif(calendar.months_due, 0), 4) as share_covered,
    case when before_and_now.months_before > 0 then before_and_now.months_now end as months_after_having_some,
    coalesce(before_and_now.months_lost, 0) as months_lost
from (select publisher_id from quality.release_publishers where release_number = {number}) as bodies
full join before_and_now using (publisher_id)
left join calendar using (publisher_id)
