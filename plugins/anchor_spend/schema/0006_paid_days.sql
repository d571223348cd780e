-- Since when, until when and for what each supplier was paid, kept beside it; and for which of that its decision holds.

alter table landing.suppliers
add column first_paid_on date,  -- of the files that count; null where none of them pays it
add column last_paid_on date,
add column categories text[] not null default '{}';  -- of its payments; '' for those without one

update landing.suppliers as suppliers
set first_paid_on = paid.first_paid_on, last_paid_on = paid.last_paid_on, categories = paid.categories
from (
    select
        files.is_synthetic,
        payments.supplier_key,
        min(payments.payment_date) as first_paid_on,
        max(payments.payment_date) as last_paid_on,
        array_agg(distinct coalesce(payments.category, '')) as categories
    from landing.payments
    inner join landing.file_versions as files using (file_id)
    where files.status = 'accepted'
    group by 1, 2
) as paid
where suppliers.is_synthetic = paid.is_synthetic and suppliers.supplier_key = paid.supplier_key;

alter table warehouse.supplier_decisions
-- The decision stays as it is while its supplier is first and last paid within these days. Of decisions made before
-- they were kept nothing is known: they hold for no day, and are worked once more.
add column first_paid_within daterange not null default 'empty',
add column last_paid_within daterange not null default 'empty',
add column decided_for text not null default '';  -- why it was worked: new, new registers, new payments ...
