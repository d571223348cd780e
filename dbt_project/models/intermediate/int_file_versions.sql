with file_versions as (
    select * from {{ ref('stg_file_versions') }}
),

final as (
    select
        *,
        count(*) over same_file as version_count,
        coalesce(
            min(accepted_at) filter (where status = 'superseded') over same_file < accepted_at, false
        ) as is_restatement
    from file_versions
    window same_file as (partition by publisher_id, stream, period)
)

select * from final
