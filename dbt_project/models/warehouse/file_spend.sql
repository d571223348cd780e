{{ config(indexes=[
    {'columns': ['spend_key'], 'unique': true},
    {'columns': ['load_id']},
]) }}

with files as (
    select * from {{ ref('int_files_current') }}
),

payments as (
    select * from {{ ref('file_payments') }}
),

new_files as (
    {{ files_not_yet_in_this_table() }}
),

final as (
    select
        payments.spend_key,
        payments.load_id,
        payments.supplier_key,
        payments.is_redacted,
        payments.department,
        payments.category,
        sum(payments.amount_gbp)::numeric(16, 2) as amount_gbp,
        count(*) as payment_count
    from new_files
    inner join payments on new_files.load_id = payments.load_id
    group by 1, 2, 3, 4, 5, 6
)

select * from final
