{# Of the CTE `files`, those an append-only table keyed by load_id does not hold yet. #}
{% macro files_not_yet_in_this_table() -%}
    select * from files
    {% if is_incremental() %}
    where not exists (select 1 from {{ this }} as known where known.load_id = files.load_id)
    {% endif %}
{%- endmacro %}
