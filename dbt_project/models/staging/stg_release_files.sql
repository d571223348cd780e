select file_id
from {{ source('quality', 'release_files') }}
where release_number = {{ var('release_number') | int }}
