with publishers as (
    select * from {{ ref('stg_release_publishers') }}
),

postcodes as (
    select * from {{ ref('stg_postcodes') }}
),

final as (
    select
        publishers.*,
        postcodes.authority_code
    from publishers
    left join postcodes on publishers.postcode = postcodes.postcode
)

select * from final
