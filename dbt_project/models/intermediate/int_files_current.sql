with release_files as (
    select * from {{ ref('stg_release_files') }}
),

file_versions as (
    select * from {{ ref('int_file_versions') }}
),

final as (
    select
        file_versions.file_id,
        -- the facts of a loading never change; a version that is published again keeps the loading it has
        file_versions.file_id || '@' || to_char(file_versions.accepted_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
            as load_id,
        file_versions.publisher_id,
        file_versions.stream,
        file_versions.period,
        {{ financial_year('file_versions.period') }} as financial_year,
        file_versions.sha256,
        file_versions.landed_at,
        file_versions.is_restatement,
        file_versions.rows_payments,
        file_versions.pence_payments
    from release_files
    inner join file_versions on release_files.file_id = file_versions.file_id
)

select * from final
