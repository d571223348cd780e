{{ config(materialized='view') }}

with payments as (
    select * from {{ ref('file_payments') }}
),

scoped as (
    select * from {{ ref('int_payments_scoped') }}
),

files as (
    select * from {{ ref('int_files_current') }}
),

suppliers as (
    select * from {{ ref('dim_suppliers') }}
),

sites as (
    select * from {{ ref('int_supplier_sites') }}
),

final as (
    select
        payments.payment_id,
        files.publisher_id,
        files.stream,
        files.period,
        files.financial_year,
        payments.payment_date,
        payments.date_basis,
        payments.amount_gbp,
        payments.vat_basis,
        scoped.supplier_id,
        suppliers.supplier_name,
        scoped.spend_scope,
        sites.site_postcode,
        sites.authority_code as site_authority_code,
        sites.location_basis,
        payments.department,
        payments.category,
        payments.transaction_ref,
        files.sha256 as file_sha256,
        payments.sheet,
        payments.row_number,
        payments.file_id
    from payments
    inner join scoped on payments.spend_key = scoped.spend_key
    inner join files on scoped.file_id = files.file_id
    inner join suppliers on scoped.supplier_id = suppliers.supplier_id
    left join sites on scoped.supplier_key = sites.supplier_key
)

select * from final
