select
    entity_id,
    body_name,
    body_type,
    publisher_id,
    {{ postcode('postcode') }} as postcode
from {{ source('reference', 'public_bodies') }}
where is_synthetic = {{ var('is_synthetic') }}
