-- One row per accepted file that the payments gate has not judged since it was accepted.
-- Other months come from the ledger alone, so that the cost follows the new files.
with accepted as (
    select
        file_id, publisher_id, stream, period, is_synthetic, accepted_at,
        rows_payments, pence_payments, rows_rejected, pence_rejected, rows_excluded, pence_excluded,
        left(period, 4)::int * 12 + right(period, 2)::int as month_number
    from landing.file_versions
    where status = 'accepted' and is_synthetic = {is_synthetic}
),

pending as (
    select accepted.*
    from accepted
    where not exists (
        select 1
        from quality.gate_results as results
        where results.suite = 'payments'
            and results.file_id = accepted.file_id
            and results.checked_at >= accepted.accepted_at
    )
),

loaded as (
    select
        pending.file_id,
        count(*) as row_count,
        sum(payments.amount_gbp * 100)::bigint as pence,
        count(*) filter (
            where (payments.publisher_id, payments.stream, payments.period)
                <> (pending.publisher_id, pending.stream, pending.period)
        ) as foreign_rows,
        count(*) filter (where not payments.is_redacted) as open_rows,
        count(*) filter (where not payments.is_redacted and payments.supplier_key is not null) as keyed_rows,
        count(*) filter (where payments.is_redacted and payments.supplier_key is not null) as named_redactions,
        count(*) filter (where payments.supplier_key is not null and suppliers.supplier_key is null) as lost_keys
    from pending
    inner join landing.payments as payments on pending.file_id = payments.file_id
    left join landing.suppliers as suppliers
        on payments.supplier_key = suppliers.supplier_key and pending.is_synthetic = suppliers.is_synthetic
    group by pending.file_id
),

put_aside as (
    select
        pending.file_id,
        count(*) filter (where set_aside.is_rejected) as rejected_rows,
        coalesce(sum(set_aside.amount_gbp * 100) filter (where set_aside.is_rejected), 0) as rejected_pence,
        count(*) filter (where not set_aside.is_rejected) as excluded_rows,
        coalesce(sum(set_aside.amount_gbp * 100) filter (where not set_aside.is_rejected), 0) as excluded_pence
    from pending
    inner join landing.set_aside as set_aside on pending.file_id = set_aside.file_id
    group by pending.file_id
),

-- the twelve months nearest to a file's own
neighbours as (
    select
        pending.file_id,
        count(*) as months,
        percentile_cont(0.5) within group (order by nearest.pence_payments) as median_pence,
        percentile_cont(0.5) within group (order by nearest.rows_payments) as median_rows
    from pending
    cross join lateral (
        select accepted.pence_payments, accepted.rows_payments
        from accepted
        where accepted.publisher_id = pending.publisher_id
            and accepted.stream = pending.stream
            and accepted.period <> pending.period
            and accepted.rows_payments > 0
        order by abs(accepted.month_number - pending.month_number), accepted.period
        limit 12
    ) as nearest
    group by pending.file_id
),

-- Pairs of months that agree in rows and pence. Of two new ones the later is suspected: months are posted in
-- order, and a copy under an earlier month fails by its dates.
lookalikes as (
    select
        pending.file_id,
        accepted.file_id as other_id
    from pending
    inner join accepted
        on pending.publisher_id = accepted.publisher_id
        and pending.stream = accepted.stream
        and pending.period <> accepted.period
        and pending.rows_payments = accepted.rows_payments
        and pending.pence_payments = accepted.pence_payments
    where pending.rows_payments > 0
        and (
            accepted.period < pending.period
            or accepted.file_id not in (select other.file_id from pending as other)
        )
),

contents as (
    select
        payments.file_id,
        md5(string_agg(
            md5(row(
                payments.payment_date, payments.amount_gbp, payments.supplier_key, payments.is_redacted,
                payments.department, payments.category, payments.transaction_ref
            )::text),
            '' order by payments.payment_date, payments.amount_gbp, payments.supplier_key, payments.is_redacted,
            payments.department, payments.category, payments.transaction_ref
        )) as content
    from landing.payments as payments
    where payments.file_id in (
        select lookalikes.file_id from lookalikes
        union all
        select lookalikes.other_id from lookalikes
    )
    group by payments.file_id
),

copies as (
    select
        lookalikes.file_id,
        count(*) as months
    from lookalikes
    inner join contents as one on lookalikes.file_id = one.file_id
    inner join contents as other on lookalikes.other_id = other.file_id and one.content = other.content
    group by lookalikes.file_id
)

select
    pending.file_id,
    concat_ws(' ', pending.publisher_id, pending.stream, pending.period) as subject,
    pending.rows_payments,
    coalesce(loaded.row_count, 0) - pending.rows_payments as rows_difference,
    coalesce(loaded.pence, 0) - pending.pence_payments as pence_difference,
    abs(coalesce(put_aside.rejected_rows, 0) - pending.rows_rejected)
    + abs(coalesce(put_aside.excluded_rows, 0) - pending.rows_excluded) as rows_aside_difference,
    abs(coalesce(put_aside.rejected_pence, 0) - pending.pence_rejected)
    + abs(coalesce(put_aside.excluded_pence, 0) - pending.pence_excluded) as pence_aside_difference,
    coalesce(loaded.foreign_rows, 0) as rows_of_other_files,
    coalesce(loaded.named_redactions, 0) as redacted_rows_with_supplier,
    coalesce(loaded.lost_keys, 0) as rows_without_supplier_record,
    round(loaded.keyed_rows::numeric / nullif(loaded.open_rows, 0), 4) as share_with_supplier,
    coalesce(copies.months, 0) as identical_months,
    round((pending.pence_payments / nullif(neighbours.median_pence, 0))::numeric, 3) as total_against_other_months,
    round((pending.rows_payments / nullif(neighbours.median_rows, 0))::numeric, 3) as rows_against_other_months
from pending
left join loaded on pending.file_id = loaded.file_id
left join put_aside on pending.file_id = put_aside.file_id
left join neighbours
    on pending.file_id = neighbours.file_id
    and neighbours.months >= 3 and neighbours.median_pence > 0 and pending.rows_payments > 0
left join copies on pending.file_id = copies.file_id
order by pending.file_id
