with bodies as (
    select * from {{ ref('int_bodies') }}
),

final as (
    select
        publisher_id,
        body_name,
        org_id,
        body_type,
        ons_code,
        ods_code,
        postcode,
        authority_code,
        valid_from,
        valid_to,
        vat_basis,
        threshold_gbp,
        licence,
        is_verified,
        is_memo,
        predecessor_ids,
        successor_id,
        succession_group_id
    from bodies
)

select * from final
