select
    release_number,
    source,
    is_synthetic,
    window_from,
    window_to,
    as_of
from {{ source('quality', 'releases') }}
where release_number = {{ var('release_number') | int }}
