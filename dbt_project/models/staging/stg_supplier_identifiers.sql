select
    supplier_key,
    scheme,
    identifier
from {{ source('landing', 'telling_identifiers') }}
where is_synthetic = {{ var('is_synthetic') }}
