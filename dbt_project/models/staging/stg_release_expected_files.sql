select
    publisher_id,
    stream,
    period,
    due_on,
    months_count
from {{ source('quality', 'release_expected_files') }}
where release_number = {{ var('release_number') | int }}
