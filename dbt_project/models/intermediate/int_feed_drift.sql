with changes as (
    select * from {{ ref('stg_feed_drift') }}
),

versions as (
    select * from {{ ref('stg_file_versions') }}
),

final as (
    select
        changes.*,
        earlier.period as compared_period,
        noticed.sha256 as file_sha256,
        noticed.status as file_status
    from changes
    inner join versions as noticed on changes.file_id = noticed.file_id
    inner join versions as earlier on changes.compared_file_id = earlier.file_id
)

select * from final
