with entities as (
    select * from {{ ref('int_entity_registers') }}
),

rules as (
    select * from {{ ref('legal_form_rules') }}
),

described as (
    select
        entity_id,
        company_category,
        company_name,
        mutual_form,
        charity_form,
        case when is_public_body then 'true' end as public_body,
        case when mutual_id is not null then 'true' end as is_mutual,
        case when charity_id is not null then 'true' end as is_charity,
        case when company_id is not null then substring(company_number, '^[A-Z]*') end as number_prefix
    from entities
),

traits as (
    select
        described.entity_id,
        facts.key as field,
        facts.value
    from described
    cross join jsonb_each_text(to_jsonb(described) - 'entity_id') as facts
    where facts.value is not null
),

-- each distinct value meets the patterns once, however many organisations share it
matches as materialized (
    select
        distinct_traits.field,
        distinct_traits.value,
        min(rules.priority) as priority
    from (select distinct field, value from traits) as distinct_traits
    inner join rules
        on distinct_traits.field = rules.field and distinct_traits.value ~* rules.pattern
    group by 1, 2
),

decided as (
    select
        traits.entity_id,
        min(matches.priority) as priority
    from traits
    inner join matches on traits.field = matches.field and traits.value = matches.value
    group by 1
),

final as (
    select
        entities.entity_id,
        coalesce(rules.legal_form, 'unknown') as legal_form,
        rules.field as legal_form_basis
    from entities
    left join decided on entities.entity_id = decided.entity_id
    left join rules on decided.priority = rules.priority
)

select * from final
