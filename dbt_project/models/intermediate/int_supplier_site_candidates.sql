with suppliers as (
    select * from {{ ref('int_suppliers') }}
    where payee_kind = 'organisation'
),

entries as (
    select * from {{ ref('int_entity_entries') }}
),

postcodes as (
    select * from {{ ref('stg_postcodes') }}
),

reviewed_sites as (
    select
        reviewed.supplier_id,
        {{ postcode('reviewed.postcode') }} as postcode
    from {{ ref('reviewed_sites') }} as reviewed
    inner join {{ ref('stg_releases') }} as releases
        on {{ in_force('reviewed', 'releases.as_of') }}
),

-- a company that is a charity or a mutual as well has an address in that register, too
addresses as (
    select
        entity_id,
        postcode,
        case when is_charity then 'charity_contact' else 'registered_office' end as location_basis
    from entries
    where is_listed and removed_on is null
),

candidates as (
    select
        suppliers.supplier_key,
        suppliers.supplier_id,
        reviewed_sites.postcode,
        'manual' as location_basis,
        1 as preference
    from suppliers
    inner join reviewed_sites on suppliers.supplier_id = reviewed_sites.supplier_id
    union all
    select
        supplier_key,
        supplier_id,
        ledger_postcode,
        'ledger_postcode',
        2
    from suppliers
    union all
    select
        supplier_key,
        supplier_id,
        register_postcode,
        register_basis,
        3
    from suppliers
    union all
    select
        suppliers.supplier_key,
        suppliers.supplier_id,
        addresses.postcode,
        addresses.location_basis,
        4
    from suppliers
    inner join addresses on suppliers.entity_id = addresses.entity_id
),

final as (
    select
        candidates.supplier_key,
        candidates.supplier_id,
        candidates.postcode,
        candidates.location_basis,
        min(candidates.preference) as preference,
        bool_or(postcodes.postcode is not null) as is_known_place,
        min(postcodes.authority_code) as authority_code
    from candidates
    left join postcodes on candidates.postcode = postcodes.postcode
    where candidates.postcode is not null
    group by 1, 2, 3, 4
)

select * from final
