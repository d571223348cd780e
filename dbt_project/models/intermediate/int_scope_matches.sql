{%- set fields = scope_fields() -%}

with payments as (
    select distinct
        publisher_id,
        {{ fields | join(',\n        ') }}
    from {{ ref('int_payments_paid_to') }}
),

rules as (
    select * from {{ ref('spend_scope_rules') }}
),

files as (
    select * from {{ ref('int_files_current') }}
),

-- each distinct value meets the patterns once, however many payments carry it
traits as (
    {% for field in fields %}
    select distinct
        publisher_id,
        '{{ field }}' as field,
        {{ field }}::text as value
    from payments
    where {{ field }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

matches as materialized (
    select
        traits.*,
        rules.priority,
        rules.valid_from,
        rules.valid_to
    from traits
    inner join rules
        on
            traits.field = rules.field
            and (rules.publisher_id = '*' or traits.publisher_id = rules.publisher_id)
            and traits.value ~* rules.pattern
),

final as (
    select
        files.file_id,
        matches.field,
        matches.value,
        min(matches.priority) as priority
    from matches
    inner join files
        on
            matches.publisher_id = files.publisher_id
            and {{ in_force('matches', month_start('files.period')) }}
    group by 1, 2, 3
)

select * from final
