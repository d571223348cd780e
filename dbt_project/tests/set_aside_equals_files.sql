-- what was set aside is what the ledger says was rejected and excluded
with set_aside as (
    select
        file_id,
        count(*) filter (where is_rejected) as rows_rejected,
        count(*) filter (where not is_rejected) as rows_excluded,
        coalesce(sum(amount_gbp) filter (where is_rejected), 0) as rejected_gbp,
        coalesce(sum(amount_gbp) filter (where not is_rejected), 0) as excluded_gbp
    from {{ ref('stg_set_aside') }}
    group by file_id
)

select files.file_id
from {{ ref('int_files_current') }} as current_files
inner join {{ ref('file_conservation') }} as files on current_files.file_id = files.file_id
left join set_aside on files.file_id = set_aside.file_id
where
    (files.rows_rejected, files.rows_excluded, files.pence_rejected, files.pence_excluded)
    is distinct from
    (
        coalesce(set_aside.rows_rejected, 0),
        coalesce(set_aside.rows_excluded, 0),
        coalesce(set_aside.rejected_gbp, 0) * 100,
        coalesce(set_aside.excluded_gbp, 0) * 100
    )
