with suppliers as (
    select * from {{ ref('int_suppliers') }}
    where payee_kind = 'organisation'
),

postcodes as (
    select * from {{ ref('stg_postcodes') }}
),

reviewed_sites as (
    select
        sites.supplier_id,
        {{ postcode('sites.postcode') }} as postcode
    from {{ ref('supplier_sites') }} as sites
    inner join {{ ref('stg_releases') }} as releases
        on {{ in_force('sites', 'releases.as_of') }}
),

candidates as (
    select
        suppliers.supplier_key,
        reviewed_sites.postcode,
        'manual' as location_basis,
        1 as preference
    from suppliers
    inner join reviewed_sites on suppliers.supplier_id = reviewed_sites.supplier_id
    union all
    select
        supplier_key,
        ledger_postcode,
        'ledger_postcode',
        2
    from suppliers
    union all
    select
        supplier_key,
        register_postcode,
        register_basis,
        3
    from suppliers
),

-- a postcode the reference does not know says nothing of a place, so the next candidate is used
known as (
    select distinct on (candidates.supplier_key)
        candidates.supplier_key,
        candidates.location_basis,
        postcodes.*
    from candidates
    inner join postcodes on candidates.postcode = postcodes.postcode
    order by candidates.supplier_key, candidates.preference
),

final as (
    select
        suppliers.supplier_key,
        suppliers.supplier_id,
        known.location_basis,
        known.postcode as site_postcode,
        known.postcode_area,
        known.outward_code,
        known.authority_code,
        known.region_code,
        known.ward_code,
        known.lsoa_code,
        known.easting,
        known.northing
    from suppliers
    left join known on suppliers.supplier_key = known.supplier_key
)

select * from final
