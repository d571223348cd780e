select
    supplier_key,
    nullif(name_key, '') as name_key,
    entity_id,
    payee_kind,
    valid_from,
    valid_to,
    reviewed_on
from {{ source('review', 'reviewed_decisions') }}
