with changes as (
    select * from {{ ref('int_feed_drift') }}
),

final as (
    select
        drift_id,
        publisher_id,
        stream,
        period,
        compared_period,
        rule,
        severity,
        column_name,
        value_before,
        value_after,
        file_sha256,
        file_status,
        noticed_at
    from changes
)

select * from final
