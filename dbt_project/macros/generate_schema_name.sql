{#- Everything of a release lives in release_<n>; only the append-only tables of `warehouse` outlive it. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name == 'warehouse' -%}
        warehouse
    {%- else -%}
        {{ release_schema() }}
    {%- endif -%}
{%- endmacro %}

{% macro release_schema() -%}
    release_{{ var('release_number') | int }}
{%- endmacro %}
