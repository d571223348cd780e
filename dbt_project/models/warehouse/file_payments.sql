{{ config(indexes=[
    {'columns': ['load_id', 'sheet', 'row_number'], 'unique': true},
    {'columns': ['spend_key']},
]) }}

with files as (
    select * from {{ ref('int_files_current') }}
),

payments as (
    select * from {{ ref('stg_payments') }}
),

new_files as (
    {{ files_not_yet_in_this_table() }}
),

final as (
    select
        new_files.load_id,
        payments.file_id,
        payments.sheet,
        payments.row_number,
        md5(new_files.sha256 || '|' || payments.sheet || '|' || payments.row_number) as payment_id,
        md5(row(
            new_files.load_id,
            payments.supplier_key,
            payments.is_redacted,
            payments.department,
            payments.category
        )::text)::uuid as spend_key,
        payments.payment_date,
        payments.date_basis,
        payments.amount_gbp,
        payments.vat_basis,
        payments.supplier_key,
        payments.is_redacted,
        payments.department,
        payments.category,
        payments.transaction_ref
    from new_files
    inner join payments on new_files.file_id = payments.file_id and new_files.period = payments.period
)

select * from final
