with payments as (
    select * from {{ ref('int_payments_scoped') }}
),

files as (
    select * from {{ ref('int_files_current') }}
),

final as (
    select
        files.financial_year,
        files.publisher_id,
        payments.supplier_key,
        payments.supplier_id,
        payments.spend_scope,
        sum(payments.amount_gbp)::numeric(16, 2) as amount_gbp,
        sum(payments.payment_count)::bigint as payment_count,
        min(files.period) as first_period,
        max(files.period) as last_period
    from payments
    inner join files on payments.file_id = files.file_id
    group by 1, 2, 3, 4, 5
)

select * from final
