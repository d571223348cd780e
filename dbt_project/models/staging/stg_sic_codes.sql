select
    sic_code,
    description
from {{ source('reference', 'sic_codes') }}
where is_synthetic = {{ var('is_synthetic') }}
