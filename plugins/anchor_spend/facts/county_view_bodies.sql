-- One row per institution: the months that are due, those that are there, those a release before had. What the
-- county does not count may warn and never stop: its facts have names of their own.
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
),

bodies as (
    select publisher_id, is_memo from quality.release_publishers where release_number = {number}
),

broken_specs as (
    select publisher_id from quality.release_spec_errors where release_number = {number}
),

facts as (
    select
        publisher_id as subject,
        coalesce(bodies.is_memo, false) as is_memo,
        coalesce(calendar.months_due, 0) as months_due,
        coalesce(calendar.months_there, 0) as months_there,
        case when before_and_now.months_before > 0 then before_and_now.months_now end as months_left,
        coalesce(before_and_now.months_lost, 0) as months_lost,
        round(before_and_now.months_lost::numeric / nullif(before_and_now.months_before, 0), 4) as share_lost,
        broken_specs.publisher_id is null as has_readable_spec
    from bodies
    full join before_and_now using (publisher_id)
    full join broken_specs using (publisher_id)
    left join calendar using (publisher_id)
)

select
    subject,
    months_due,
    months_there,
    months_lost,
    has_readable_spec,
    case when months_due > 0 then months_there > 0 end as has_any_file,
    case when months_there > 0 then round(months_there::numeric / nullif(months_due, 0), 4) end as share_covered,
    case when not is_memo then months_left end as months_after_having_some,
    case when is_memo then months_left end as memo_months_after_having_some,
    case when not is_memo and months_left > 0 then share_lost end as share_lost
from facts
