with calendar as (
    select * from {{ ref('int_file_calendar') }}
),

-- purchase-card files are published beside the payments: they add pounds, not months
final as (
    select
        financial_year,
        publisher_id,
        count(*) filter (where stream = 'payments' and file_id is not null) as months_covered,
        count(*) filter (where stream = 'payments' and status <> 'not_due') as months_expected
    from calendar
    group by 1, 2
)

select * from final
