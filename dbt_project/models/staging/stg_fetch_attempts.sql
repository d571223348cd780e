select
    attempt_id,
    run_id,
    publisher_id,
    stream,
    period,
    started_at,
    outcome,
    http_status,
    detail = 'robots.txt' as is_robots,
    url like 'http%' as is_remote
from {{ source('landing', 'fetch_attempts') }}
where is_synthetic = {{ var('is_synthetic') }}
