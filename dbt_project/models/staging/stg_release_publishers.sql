select
    publisher_id,
    body_name,
    org_id,
    body_type,
    ons_code,
    ods_code,
    {{ postcode('postcode') }} as postcode,
    valid_from,
    valid_to,
    vat_basis,
    threshold_gbp,
    licence,
    is_verified,
    is_memo,
    array_to_string(predecessors, ', ') as predecessor_ids
from {{ source('quality', 'release_publishers') }}
where release_number = {{ var('release_number') | int }}
