-- to the penny, file by file: the sums that indicators are made of are what was loaded
with cube as (
    select
        file_id,
        sum(payment_count) as payment_count,
        sum(amount_gbp) as amount_gbp
    from {{ ref('int_payments_scoped') }}
    group by file_id
)

select
    files.file_id,
    files.rows_payments,
    files.pence_payments,
    cube.payment_count,
    cube.amount_gbp
from {{ ref('int_files_current') }} as files
full join cube on files.file_id = cube.file_id
where
    files.pence_payments is distinct from coalesce(cube.amount_gbp, 0) * 100
    or files.rows_payments is distinct from coalesce(cube.payment_count, 0)
