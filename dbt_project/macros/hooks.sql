{#- A table made a moment ago has no statistics, and the next model would be planned as if it were empty. -#}
{% macro analyze_table() -%}
    {%- if execute and model.config.materialized in ('table', 'incremental', 'seed') -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}

{#- The publisher checks the release and makes the published views from it. -#}
{% macro grant_release() -%}
    {%- if flags.WHICH in ('build', 'run', 'seed') -%}
        grant usage on schema {{ release_schema() }} to anchor_publisher;
        grant select on all tables in schema {{ release_schema() }} to anchor_publisher
    {%- endif -%}
{%- endmacro %}
