select
    'GB-COH-' || company_number as entity_id,
    company_name,
    {{ postcode('postcode') }} as postcode
from {{ source('reference', 'companies') }}
where is_synthetic = {{ var('is_synthetic') }}
