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
    {%- for groups in ['register_groups', 'vat_groups', 'name_groups'] %}
    select
        supplier_id,
        group_id,
        group_name,
        basis,
        confidence,
        evidence
    from {{ groups }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from final
