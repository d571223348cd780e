{{ config(indexes=[{'columns': ['supplier_id'], 'unique': true}]) }}

with suppliers as (
    select * from {{ ref('int_suppliers') }}
),

sites as (
    select * from {{ ref('int_supplier_sites') }}
),

-- an organisation published under several names or postcodes is shown as the one paid most
organisations as (
    select distinct on (suppliers.supplier_id)
        suppliers.supplier_id,
        suppliers.organisation_name as supplier_name,
        suppliers.payee_kind,
        suppliers.entity_id,
        suppliers.entity_type,
        suppliers.method,
        suppliers.score,
        sites.site_postcode as postcode,
        sites.location_basis,
        sites.authority_code,
        sites.ward_code,
        sites.lsoa_code
    from suppliers
    inner join sites on suppliers.supplier_key = sites.supplier_key
    order by suppliers.supplier_id, suppliers.gross_gbp desc, suppliers.supplier_key
),

-- natural persons, hidden payees and names that may be a person's are never named or placed
shared_rows (supplier_id, payee_kind, method) as (
    values ('individual', 'person', 'person'), ('redacted', 'redacted', 'redacted'), ('unclear', 'unclear', 'unmatched')
),

names as (
    select
        supplier_id,
        count(*) as published_names
    from suppliers
    group by supplier_id
),

rows_of_both as (
    select * from organisations
    union all
    select
        supplier_id,
        null,
        payee_kind,
        null,
        null,
        method,
        null,
        null,
        null,
        null,
        null,
        null
    from shared_rows
),

final as (
    select
        rows_of_both.*,
        coalesce(names.published_names, 0) as published_names
    from rows_of_both
    left join names on rows_of_both.supplier_id = names.supplier_id
)

select * from final
