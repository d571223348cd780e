with calendar as (
    select * from {{ ref('int_file_calendar') }}
),

final as (
    select
        publisher_id,
        stream,
        period,
        financial_year,
        expected,
        due_on,
        months_count,
        status,
        days_late,
        reason,
        file_sha256,
        landed_at,
        version_count
    from calendar
)

select * from final
