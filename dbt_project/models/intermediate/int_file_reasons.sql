with versions as (
    select * from {{ ref('stg_file_versions') }}
),

counted as (
    select * from {{ ref('int_files_current') }}
),

attempts as (
    select * from {{ ref('stg_fetch_attempts') }}
),

-- what the publisher shows now is the version that landed last
latest_versions as (
    select distinct on (publisher_id, stream, period)
        publisher_id,
        stream,
        period,
        file_id,
        sha256,
        status,
        status_rule
    from versions
    where status <> 'superseded'
    order by publisher_id, stream, period, landed_at desc, file_id desc
),

latest_attempts as (
    select distinct on (publisher_id, stream, period)
        publisher_id,
        stream,
        period,
        outcome,
        http_status
    from attempts
    where period is not null
    order by publisher_id, stream, period, attempt_id desc
),

reasons as (
    select
        publisher_id,
        stream,
        period,
        case
            when latest_versions.file_id = counted.file_id then ''
            when latest_versions.status in ('rejected', 'held') and counted.file_id is null
                then concat('published, but refused: ', latest_versions.status_rule)
            when latest_versions.status in ('rejected', 'held') and latest_versions.sha256 = counted.sha256
                then concat('a new reading was refused: ', latest_versions.status_rule)
            when latest_versions.status in ('rejected', 'held')
                then concat('a later version was refused: ', latest_versions.status_rule)
            when latest_versions.status = 'landed' then 'fetched, not loaded yet'
            when latest_versions.status = 'accepted' then 'loaded after this release was planned'
            when latest_attempts.outcome = 'failed' and counted.file_id is null
                then concat('published, could not be fetched', ' (HTTP ' || latest_attempts.http_status || ')')
            else ''
        end as reason
    from latest_versions
    full join latest_attempts using (publisher_id, stream, period)
    left join counted using (publisher_id, stream, period)
),

final as (
    select * from reasons
    where reason <> ''
)

select * from final
