{#- '2017-04' -> '2017/18': a financial year runs from April to March. -#}
{% macro financial_year(period) -%}
    case
        when right({{ period }}, 2) >= '04'
            then left({{ period }}, 4) || '/' || lpad(((left({{ period }}, 4)::int + 1) % 100)::text, 2, '0')
        else (left({{ period }}, 4)::int - 1)::text || '/' || substr({{ period }}, 3, 2)
    end
{%- endmacro %}

{#- The first day of a financial year or of a month. -#}
{% macro year_start(financial_year) -%}
    make_date(left({{ financial_year }}, 4)::int, 4, 1)
{%- endmacro %}

{% macro month_start(period) -%}
    to_date({{ period }}, 'YYYY-MM')
{%- endmacro %}

{#- Whether a dated row is in force on a day; both ends are included and may be open. -#}
{% macro in_force(row, day) -%}
    {{ day }} between coalesce({{ row }}.valid_from, '-infinity') and coalesce({{ row }}.valid_to, 'infinity')
{%- endmacro %}

{#- 'lu12bq ' -> 'LU1 2BQ', as the postcode reference writes it; null where there is none. -#}
{% macro postcode(text) -%}
    nullif(
        regexp_replace(upper(regexp_replace({{ text }}, '[^0-9A-Za-z]', '', 'g')), '^(.+)(.{3})$', '\1 \2'),
        ''
    )
{%- endmacro %}

{#- part / whole as a fraction; null where the whole is zero or, after credit notes, negative. -#}
{% macro fraction(part, whole) -%}
    round(case when {{ whole }} > 0 then {{ part }} / ({{ whole }}) end, 6)::numeric(20, 6)
{%- endmacro %}
