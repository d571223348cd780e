with files as (
    select * from {{ ref('int_files_current') }}
),

payments as (
    select * from {{ ref('int_payments_current') }}
),

rules as (
    select * from {{ ref('spend_scope_rules') }}
),

-- each distinct value meets the patterns once, however many payments carry it
ledger_values as (
    select distinct
        publisher_id,
        'category' as field,
        category as value
    from payments
    where category is not null
    union all
    select distinct
        publisher_id,
        'department',
        department
    from payments
    where department is not null
),

payee_values (field, value) as (
    values
    ('is_redacted', 'true'), ('is_redacted', 'false'),
    ('supplier_name_blank', 'true'), ('supplier_name_blank', 'false'),
    ('is_anchor', 'true'), ('is_anchor', 'false'),
    ('is_public_body', 'true'), ('is_public_body', 'false'),
    ('payee_kind', 'organisation'), ('payee_kind', 'person'), ('payee_kind', 'redacted'), ('payee_kind', 'unclear')
    union all
    select distinct
        'entity_type',
        entity_type
    from {{ ref('int_suppliers') }}
    where entity_type is not null
),

traits as (
    select * from ledger_values
    union all
    select
        publishers.publisher_id,
        payee_values.field,
        payee_values.value
    from (select distinct publisher_id from files) as publishers
    cross join payee_values
),

matches as materialized (
    select
        traits.publisher_id,
        traits.field,
        traits.value,
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
