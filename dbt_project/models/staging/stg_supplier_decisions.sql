select
    supplier_key,
    entity_id,
    payee_kind,
    method,
    score,
    band,
    name_key,
    printed_number
from {{ source('resolution', 'supplier_decisions') }}
where is_synthetic = {{ var('is_synthetic') }} and superseded_at is null
