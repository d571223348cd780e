with sites as (
    select distinct
        site_postcode,
        postcode_area,
        outward_code,
        authority_code,
        region_code,
        easting,
        northing
    from {{ ref('int_supplier_sites') }}
    where site_postcode is not null
),

rules as (
    select
        *,
        string_to_array(rule_values, ' ') as accepted_values
    from {{ ref('local_definitions') }}
),

-- null where the reference does not say what the rule asks
answers as (
    select
        sites.site_postcode,
        rules.definition_id,
        rules.valid_from,
        case rules.rule_kind
            when 'postcode_area' then sites.postcode_area = any(rules.accepted_values)
            when 'postcode_districts' then sites.outward_code = any(rules.accepted_values)
            when 'authorities' then sites.authority_code = any(rules.accepted_values)
            when 'region' then sites.region_code = any(rules.accepted_values)
            when 'radius'
                then
                    power(sites.easting - rules.centre_easting, 2) + power(sites.northing - rules.centre_northing, 2)
                    <= power(rules.radius_m, 2)
        end as is_inside
    from sites
    cross join rules
),

-- a definition of several rules is their union: one yes is enough, a no needs every answer
final as (
    select
        site_postcode,
        definition_id,
        valid_from,
        case when bool_or(is_inside) then true when bool_and(is_inside is not null) then false end as is_local
    from answers
    group by site_postcode, definition_id, valid_from
)

select * from final
