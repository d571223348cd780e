{{ config(indexes=[{'columns': ['supplier_id']}, {'columns': ['postcode']}]) }}

with candidates as (
    select * from {{ ref('int_supplier_site_candidates') }}
),

chosen as (
    select * from {{ ref('int_supplier_sites') }}
    where site_postcode is not null
),

spend as (
    select
        supplier_key,
        publisher_id,
        sum(amount_gbp) as amount_gbp,
        sum(payment_count) as payment_count
    from {{ ref('int_supplier_spend') }}
    group by 1, 2
),

sites as (
    select
        supplier_id,
        postcode,
        location_basis,
        bool_or(is_known_place) as is_known_place,
        min(authority_code) as authority_code
    from candidates
    group by 1, 2, 3
),

printed as (
    select
        candidates.supplier_id,
        candidates.postcode,
        candidates.location_basis,
        sum(spend.amount_gbp) as amount_gbp,
        sum(spend.payment_count) as payment_count,
        count(distinct spend.publisher_id) as publisher_count
    from candidates
    inner join spend on candidates.supplier_key = spend.supplier_key
    where candidates.location_basis = 'ledger_postcode'
    group by 1, 2, 3
),

placed as (
    select
        chosen.supplier_id,
        chosen.site_postcode as postcode,
        chosen.location_basis,
        sum(spend.amount_gbp) as amount_gbp
    from chosen
    inner join spend on chosen.supplier_key = spend.supplier_key
    group by 1, 2, 3
),

final as (
    select
        sites.supplier_id,
        sites.postcode,
        sites.location_basis,
        sites.is_known_place,
        sites.authority_code,
        printed.amount_gbp::numeric(16, 2) as printed_gbp,
        printed.payment_count::bigint as payment_count,
        printed.publisher_count,
        coalesce(placed.amount_gbp, 0)::numeric(16, 2) as placed_gbp,
        placed.supplier_id is not null as is_counted_here
    from sites
    left join printed
        on
            sites.supplier_id = printed.supplier_id
            and sites.postcode = printed.postcode
            and sites.location_basis = printed.location_basis
    left join placed
        on
            sites.supplier_id = placed.supplier_id
            and sites.postcode = placed.postcode
            and sites.location_basis = placed.location_basis
)

select * from final
