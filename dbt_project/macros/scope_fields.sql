{#- What a scope rule may look at. -#}
{% macro scope_fields() -%}
    {{ return([
        'is_redacted',
        'supplier_name_blank',
        'payee_kind',
        'entity_type',
        'is_anchor',
        'is_public_body',
        'category',
        'department',
    ]) }}
{%- endmacro %}
