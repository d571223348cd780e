-- One row per file of the release, or that the payments of the release name: ledger, mart and payments agree.
with chosen as (
    select
        files.file_id, versions.publisher_id, versions.stream, versions.period,
        versions.rows_payments, versions.pence_payments
    from quality.release_files as files
    inner join landing.file_versions as versions on files.file_id = versions.file_id
    where files.release_number = {number}
),

paid as (
    select
        payments.file_id,
        count(*) as row_count,
        sum(payments.amount_gbp * 100)::bigint as pence,
        count(*) filter (
            where payments.supplier_name is not null and suppliers.payee_kind is distinct from 'organisation'
        ) as named_persons
    from {schema}.fct_payments as payments
    left join {schema}.dim_suppliers as suppliers on payments.supplier_id = suppliers.supplier_id
    group by payments.file_id
)

select
    case
        when chosen.file_id is null then concat('file ', paid.file_id)
        else concat_ws(' ', chosen.publisher_id, chosen.stream, chosen.period)
    end as subject,
    chosen.file_id is not null as is_of_this_release,
    case when chosen.file_id is not null then mart.file_id is not null end as is_in_file_conservation,
    coalesce(paid.row_count, 0) - chosen.rows_payments as rows_difference,
    coalesce(paid.pence, 0) - chosen.pence_payments as pence_difference,
    mart.rows_read - mart.rows_payments - mart.rows_rejected - mart.rows_excluded as rows_not_conserved,
    mart.pence_read - mart.pence_payments - mart.pence_rejected - mart.pence_excluded as pence_not_conserved,
    coalesce(paid.named_persons, 0) as payments_naming_persons
from chosen
full join paid on chosen.file_id = paid.file_id
left join {schema}.file_conservation as mart on chosen.file_id = mart.file_id
