select
    entity_id,
    body_name,
    body_type,
    -- practices of GPs are private partnerships that the NHS pays
    body_type <> 'gp_practice' as is_public_sector,
    publisher_id,
    {{ postcode('postcode') }} as postcode
from {{ source('reference', 'public_bodies') }}
where is_synthetic = {{ var('is_synthetic') }}
