with expected_files as (
    select * from {{ ref('stg_release_expected_files') }}
),

attempts as (
    select * from {{ ref('stg_fetch_attempts') }}
),

first_seen as (
    select distinct on (publisher_id, stream, period)
        publisher_id,
        stream,
        period,
        run_id,
        started_at,
        is_remote
    from attempts
    where outcome = 'landed'
    order by publisher_id, stream, period, attempt_id
),

looks as (
    select * from attempts
    where outcome = 'listing' and is_remote and not is_robots and http_status between 200 and 299
),

final as (
    select
        expected_files.publisher_id,
        expected_files.stream,
        expected_files.period,
        first_seen.started_at::date - expected_files.due_on as days_late
    from expected_files
    inner join first_seen
        on
            expected_files.publisher_id = first_seen.publisher_id
            and expected_files.stream = first_seen.stream
            and expected_files.period = first_seen.period
    where
        first_seen.is_remote
        -- looked for after the due day, by an earlier run, and not there
        and exists (
            select 1
            from looks
            where
                looks.publisher_id = expected_files.publisher_id
                and looks.stream = expected_files.stream
                and looks.run_id <> first_seen.run_id
                and looks.started_at::date > expected_files.due_on
                and looks.started_at < first_seen.started_at
        )
        and not {{ var('is_synthetic') }}
)

select * from final
