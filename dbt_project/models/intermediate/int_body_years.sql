with calendar as (
    select * from {{ ref('int_file_calendar') }}
),

bodies as (
    select * from {{ ref('int_bodies') }}
),

-- purchase-card files are published beside the payments: they add pounds, not months
final as (
    select
        calendar.financial_year,
        calendar.publisher_id,
        coalesce(bodies.is_memo, false) as is_memo,
        coalesce(sum(calendar.months_count) filter (
            where calendar.stream = 'payments' and calendar.file_id is not null
        ), 0) as months_covered,
        coalesce(sum(calendar.months_count) filter (
            where calendar.stream = 'payments' and calendar.status <> 'not_due'
        ), 0) as months_expected
    from calendar
    left join bodies on calendar.publisher_id = bodies.publisher_id
    group by 1, 2, 3
)

select * from final
