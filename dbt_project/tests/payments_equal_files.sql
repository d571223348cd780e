-- to the penny, file by file: the published payments are what was loaded from the files that count
with published as (
    select
        file_id,
        count(*) as payment_count,
        sum(amount_gbp) as amount_gbp
    from {{ ref('fct_payments') }}
    group by file_id
)

select
    files.file_id,
    files.rows_payments,
    files.pence_payments,
    published.payment_count,
    published.amount_gbp
from {{ ref('int_files_current') }} as files
full join published on files.file_id = published.file_id
where
    files.pence_payments is distinct from coalesce(published.amount_gbp, 0) * 100
    or files.rows_payments is distinct from coalesce(published.payment_count, 0)
