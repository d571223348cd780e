select
    file_id,
    publisher_id,
    stream,
    period,
    sha256,
    file_name,
    status,
    status_reason,
    status_rule,
    reading_number,
    landed_at,
    accepted_at,
    rows_read,
    pence_read,
    rows_payments,
    pence_payments,
    rows_rejected,
    pence_rejected,
    rows_excluded,
    pence_excluded
from {{ source('landing', 'file_versions') }}
where is_synthetic = {{ var('is_synthetic') }}
