-- what indicators count at the sites of a supplier is what it was paid, less what has no place
with sites as (
    select
        supplier_id,
        sum(placed_gbp) as amount_gbp
    from {{ ref('supplier_sites') }}
    where is_counted_here
    group by supplier_id
),

placed as (
    select
        spend.supplier_id,
        sum(spend.amount_gbp) as amount_gbp
    from {{ ref('int_supplier_spend') }} as spend
    inner join {{ ref('int_supplier_sites') }} as chosen on spend.supplier_key = chosen.supplier_key
    where chosen.site_postcode is not null
    group by spend.supplier_id
)

select supplier_id
from sites
full join placed using (supplier_id)
where sites.amount_gbp is distinct from placed.amount_gbp
