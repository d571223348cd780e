select
    member_entity_id,
    group_entity_id,
    group_name,
    basis,
    confidence,
    source
from {{ source('reference', 'group_links') }}
where is_synthetic = {{ var('is_synthetic') }}
