{{ config(indexes=[{'columns': ['supplier_id']}, {'columns': ['group_id']}]) }}

with register_groups as (
    select * from {{ ref('int_register_groups') }}
),

vat_groups as (
    select * from {{ ref('int_vat_groups') }}
),

name_groups as (
    select * from {{ ref('int_name_groups') }}
),

final as (
    select
        supplier_id,
        group_id,
        group_name,
        basis,
        confidence,
        evidence
    from register_groups
    union all
    select
        supplier_id,
        group_id,
        group_name,
        basis,
        confidence,
        evidence
    from vat_groups
    union all
    select
        supplier_id,
        group_id,
        group_name,
        basis,
        confidence,
        evidence
    from name_groups
)

select * from final
