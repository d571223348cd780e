select
    file_id,
    sheet,
    row_number,
    publisher_id,
    stream,
    period,
    payment_date,
    date_basis,
    amount_gbp,
    vat_basis,
    supplier_key,
    is_redacted,
    nullif(btrim(department), '') as department,
    nullif(btrim(category), '') as category,
    nullif(btrim(transaction_ref), '') as transaction_ref
from {{ source('landing', 'payments') }}
