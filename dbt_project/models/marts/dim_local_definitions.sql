with definitions as (
    select * from {{ ref('int_local_definitions') }}
),

final as (
    select
        definition_id,
        valid_from,
        valid_to,
        label,
        rule,
        publisher_id,
        variant_of,
        citation
    from definitions
)

select * from final
