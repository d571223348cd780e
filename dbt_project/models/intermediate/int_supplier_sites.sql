with suppliers as (
    select * from {{ ref('int_suppliers') }}
    where payee_kind = 'organisation'
),

candidates as (
    select * from {{ ref('int_supplier_site_candidates') }}
),

postcodes as (
    select * from {{ ref('stg_postcodes') }}
),

-- a postcode the reference does not know says nothing of a place, so the next candidate is used
known as (
    select distinct on (candidates.supplier_key)
        candidates.supplier_key,
        candidates.location_basis,
        postcodes.*
    from candidates
    inner join postcodes on candidates.postcode = postcodes.postcode
    where candidates.is_known_place
    order by candidates.supplier_key, candidates.preference, candidates.postcode
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
