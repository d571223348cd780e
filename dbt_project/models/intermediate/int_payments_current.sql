{{ config(materialized='view') }}

with files as (
    select * from {{ ref('int_files_current') }}
),

spend as (
    select * from {{ ref('file_spend') }}
),

final as (
    select
        spend.spend_key,
        files.file_id,
        files.publisher_id,
        files.stream,
        files.period,
        files.financial_year,
        spend.supplier_key,
        spend.is_redacted,
        spend.department,
        spend.category,
        spend.amount_gbp,
        spend.payment_count
    from files
    inner join spend on files.load_id = spend.load_id
)

select * from final
