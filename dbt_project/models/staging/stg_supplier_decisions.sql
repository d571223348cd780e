select
    supplier_key,
    entity_id,
    payee_kind,
    method,
    score,
    band,
    name_key,
    printed_number,
    runner_up_entity_id as nearest_entity_id,
    runner_up_score::numeric(5, 4) as nearest_score,
    evidence ->> 'why' as unmatched_reason,
    coalesce(evidence ->> 'reads_as', 'unclear') as reads_as
from {{ source('resolution', 'supplier_decisions') }}
where is_synthetic = {{ var('is_synthetic') }} and superseded_at is null
