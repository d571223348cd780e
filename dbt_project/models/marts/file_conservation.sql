with file_versions as (
    select * from {{ ref('int_file_versions') }}
),

final as (
    select
        file_id,
        sha256,
        publisher_id,
        stream,
        period,
        file_name,
        status,
        status_reason,
        rows_read,
        pence_read,
        rows_payments,
        pence_payments,
        rows_rejected,
        pence_rejected,
        rows_excluded,
        pence_excluded
    from file_versions
)

select * from final
