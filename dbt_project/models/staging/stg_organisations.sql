select
    entity_id,
    register,
    organisation_name,
    {{ postcode('postcode') }} as postcode,
    post_town,
    legal_form,
    status,
    registered_on,
    removed_on,
    company_number,
    array_to_string(other_ids, ', ') as other_ids,
    latest_income,
    latest_income_year_end,
    is_listed
from {{ source('reference', 'organisations') }}
where is_synthetic = {{ var('is_synthetic') }}
