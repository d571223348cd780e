with expected_files as (
    select * from {{ ref('stg_release_expected_files') }}
),

files as (
    select * from {{ ref('int_files_current') }}
),

-- a file the calendar does not promise covers as many months as the stream's files do
streams as (
    select
        publisher_id,
        stream,
        max(months_count) as months_count
    from expected_files
    group by 1, 2
),

versions as (
    select
        publisher_id,
        stream,
        period,
        count(*) as version_count
    from {{ ref('int_file_versions') }}
    group by 1, 2, 3
),

reasons as (
    select * from {{ ref('int_file_reasons') }}
),

lateness as (
    select * from {{ ref('int_file_lateness') }}
),

releases as (
    select * from {{ ref('stg_releases') }}
),

calendar as (
    select
        publisher_id,
        stream,
        period,
        expected_files.due_on is not null as expected,
        expected_files.due_on,
        expected_files.months_count,
        files.file_id,
        files.sha256,
        files.landed_at,
        files.is_restatement,
        files.rows_payments
    from expected_files
    full join files using (publisher_id, stream, period)
),

final as (
    select
        calendar.publisher_id,
        calendar.stream,
        calendar.period,
        {{ financial_year('calendar.period') }} as financial_year,
        calendar.expected,
        calendar.due_on,
        coalesce(calendar.months_count, streams.months_count, 1) as months_count,
        case
            when calendar.rows_payments = 0 then 'empty'
            when calendar.is_restatement then 'restated'
            when calendar.file_id is not null then 'loaded'
            when calendar.due_on >= releases.as_of then 'not_due'
            when releases.as_of - calendar.due_on < 31 then 'late'
            else 'missing'
        end as status,
        lateness.days_late,
        coalesce(reasons.reason, '') as reason,
        calendar.file_id,
        calendar.sha256 as file_sha256,
        calendar.landed_at,
        coalesce(versions.version_count, 0) as version_count
    from calendar
    cross join releases
    left join streams on calendar.publisher_id = streams.publisher_id and calendar.stream = streams.stream
    left join versions
        on
            calendar.publisher_id = versions.publisher_id
            and calendar.stream = versions.stream
            and calendar.period = versions.period
    left join reasons
        on
            calendar.publisher_id = reasons.publisher_id
            and calendar.stream = reasons.stream
            and calendar.period = reasons.period
    left join lateness
        on
            calendar.publisher_id = lateness.publisher_id
            and calendar.stream = lateness.stream
            and calendar.period = lateness.period
)

select * from final
