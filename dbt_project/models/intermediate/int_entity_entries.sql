with entities as (
    select distinct entity_id
    from {{ ref('int_suppliers') }}
    where entity_id is not null
),

organisations as (
    select * from {{ ref('stg_organisations') }}
),

-- an organisation is in a register under its own id, as the company it says it is, or under a twin's id
found as (
    select
        entities.entity_id,
        organisations.entity_id as entry_id,
        1 as nearness
    from entities
    inner join organisations on entities.entity_id = organisations.entity_id
    union all
    select
        entities.entity_id,
        organisations.entity_id as entry_id,
        2
    from entities
    inner join organisations on substr(entities.entity_id, 8) = organisations.company_number
    where entities.entity_id like 'GB-COH-%'
    union all
    select
        entities.entity_id,
        others.entry_id,
        3
    from entities
    inner join organisations on entities.entity_id = organisations.entity_id
    cross join string_to_table(organisations.other_ids, ', ') as others (entry_id)
),

nearest as (
    select
        entity_id,
        entry_id,
        min(nearness) as nearness
    from found
    group by 1, 2
),

final as (
    select
        nearest.entity_id,
        nearest.entry_id,
        organisations.is_charity,
        row_number() over (
            partition by nearest.entity_id, organisations.is_charity
            order by
                nearest.nearness,
                organisations.removed_on is not null,
                not organisations.is_listed,
                nearest.entry_id
        ) as preference,
        organisations.register,
        organisations.postcode,
        organisations.post_town,
        organisations.legal_form as registered_form,
        organisations.status,
        organisations.registered_on,
        organisations.removed_on,
        organisations.company_number,
        organisations.latest_income,
        organisations.latest_income_year_end,
        organisations.is_listed,
        organisations.seen_in_vintage
    from nearest
    inner join organisations on nearest.entry_id = organisations.entity_id
)

select * from final
