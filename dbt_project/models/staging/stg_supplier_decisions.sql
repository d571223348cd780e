select
    supplier_key,
    entity_id,
    payee_kind,
    method,
    score
from {{ source('resolution', 'supplier_decisions') }}
where is_synthetic = {{ var('is_synthetic') }} and superseded_at is null
