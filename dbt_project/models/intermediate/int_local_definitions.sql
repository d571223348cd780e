with rules as (
    select * from {{ ref('local_definitions') }}
),

final as (
    select
        definition_id,
        valid_from,
        max(valid_to) as valid_to,
        max(label) as label,
        string_agg(
            case
                when rule_kind = 'radius'
                    then 'radius: ' || radius_m || ' m around ' || centre_easting || ' ' || centre_northing
                else rule_kind || ': ' || rule_values
            end, ' or '
            order by rule_kind desc, rule_values
        ) as rule,
        max(nullif(publisher_id, '')) as publisher_id,
        max(nullif(variant_of, '')) as variant_of,
        max(citation) as citation
    from rules
    group by definition_id, valid_from
)

select * from final
