{{ config(indexes=[{'columns': ['supplier_id']}]) }}

with names as (
    select * from {{ ref('int_supplier_names') }}
),

spend as (
    select * from {{ ref('int_supplier_spend') }}
),

-- of spellings that differ in capitals and spaces, and of decisions about one name, those of the key paid most
shown as (
    select distinct on (supplier_id, name_form)
        supplier_id,
        name_form,
        published_name,
        method,
        score,
        band
    from names
    order by supplier_id, name_form, gross_gbp desc, supplier_key
),

paid as (
    select
        names.supplier_id,
        names.name_form,
        sum(spend.amount_gbp)::numeric(16, 2) as amount_gbp,
        sum(spend.payment_count)::bigint as payment_count,
        count(distinct spend.publisher_id) as publisher_count,
        min(spend.first_period) as first_period,
        max(spend.last_period) as last_period
    from names
    inner join spend on names.supplier_key = spend.supplier_key
    group by names.supplier_id, names.name_form
),

final as (
    select
        shown.supplier_id,
        btrim(shown.published_name) as published_name,
        paid.amount_gbp,
        paid.payment_count,
        paid.publisher_count,
        paid.first_period,
        paid.last_period,
        shown.method,
        shown.score,
        shown.band
    from shown
    inner join paid on shown.supplier_id = paid.supplier_id and shown.name_form = paid.name_form
)

select * from final
