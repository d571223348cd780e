select
    drift_id,
    publisher_id,
    stream,
    period,
    file_id,
    compared_file_id,
    rule,
    severity,
    column_name,
    before as value_before,
    after as value_after,
    noticed_at
from {{ source('quality', 'feed_drift') }}
where is_synthetic = {{ var('is_synthetic') }}
