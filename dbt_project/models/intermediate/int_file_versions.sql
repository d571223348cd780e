with file_versions as (
    select * from {{ ref('stg_file_versions') }}
),

files as (
    select
        publisher_id,
        stream,
        period,
        count(distinct sha256) as version_count
    from file_versions
    group by publisher_id, stream, period
),

-- other bytes counted before: the same bytes read again with a corrected spec restate nothing
restatements as (
    select distinct later.file_id
    from file_versions as later
    inner join file_versions as earlier
        on
            later.publisher_id = earlier.publisher_id
            and later.stream = earlier.stream
            and later.period = earlier.period
    where
        earlier.status = 'superseded'
        and earlier.accepted_at < later.accepted_at
        and earlier.sha256 <> later.sha256
),

final as (
    select
        file_versions.*,
        files.version_count,
        restatements.file_id is not null as is_restatement
    from file_versions
    left join restatements on file_versions.file_id = restatements.file_id
    inner join files
        on
            file_versions.publisher_id = files.publisher_id
            and file_versions.stream = files.stream
            and file_versions.period = files.period
)

select * from final
