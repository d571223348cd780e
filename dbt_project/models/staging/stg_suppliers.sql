select
    supplier_key,
    supplier_name,
    nullif(btrim(company_number), '') as company_number,
    {{ postcode('postcode') }} as ledger_postcode
from {{ source('landing', 'suppliers') }}
where is_synthetic = {{ var('is_synthetic') }}
