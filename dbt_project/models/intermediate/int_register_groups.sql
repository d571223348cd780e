with suppliers as (
    select distinct on (supplier_id)
        supplier_id,
        organisation_name
    from {{ ref('int_suppliers') }}
    where payee_kind = 'organisation' and entity_id is not null
    order by supplier_id, gross_gbp desc, supplier_key
),

organisations as (
    select * from {{ ref('stg_organisations') }}
),

bodies as (
    select * from {{ ref('int_bodies') }}
),

-- the same organisation in two registers goes by its company's id, else by the first in the alphabet
cross_links as (
    select
        entity_id,
        'GB-COH-' || company_number as other_id,
        register
    from organisations
    where company_number is not null
    union all
    select
        organisations.entity_id,
        others.entity_id as other_id,
        organisations.register
    from organisations
    cross join string_to_table(organisations.other_ids, ', ') as others (entity_id)
),

links as (
    select
        case when other_id like 'GB-COH-%' then entity_id else greatest(entity_id, other_id) end as member_id,
        case when other_id like 'GB-COH-%' then other_id else least(entity_id, other_id) end as group_id,
        null as group_name,
        'same_organisation' as basis,
        'stated' as confidence,
        'register ' || register as source
    from cross_links
    union all
    select
        entity_id,
        regexp_replace(entity_id, '-\d+$', ''),
        null,
        'linked_charity',
        'stated',
        'register ' || register
    from organisations
    where entity_id ~ '^GB-CHC-\d+-\d+$'
    union all
    select
        member_entity_id,
        group_entity_id,
        group_name,
        basis,
        confidence,
        source
    from {{ ref('stg_group_links') }}
    union all
    select
        bodies.org_id as member_id,
        successors.org_id as group_id,
        successors.body_name,
        'succession',
        'stated',
        'notice of the body'
    from bodies
    inner join bodies as successors on bodies.succession_group_id = successors.publisher_id
    where bodies.org_id <> successors.org_id
),

members as (
    select
        suppliers.supplier_id,
        links.group_id,
        links.basis,
        min(links.group_name) as group_name,
        max(links.confidence) as confidence,  -- stated comes after likely
        string_agg(distinct links.source, ', ' order by links.source) as evidence
    from links
    inner join suppliers on links.member_id = suppliers.supplier_id
    group by suppliers.supplier_id, links.group_id, links.basis
),

heads as (
    select
        members.group_id as supplier_id,
        members.group_id,
        members.basis,
        min(members.group_name) as group_name,
        max(members.confidence) as confidence,
        'head of the group' as evidence
    from members
    inner join suppliers on members.group_id = suppliers.supplier_id
    group by members.group_id, members.basis
),

rows_of_both as (
    select * from members
    union all
    select heads.*
    from heads
    left join members
        on
            heads.supplier_id = members.supplier_id
            and heads.group_id = members.group_id
            and heads.basis = members.basis
    where members.supplier_id is null
),

final as (
    select
        rows_of_both.supplier_id,
        rows_of_both.group_id,
        coalesce(suppliers.organisation_name, rows_of_both.group_name, organisations.organisation_name) as group_name,
        rows_of_both.basis,
        rows_of_both.confidence,
        rows_of_both.evidence
    from rows_of_both
    left join suppliers on rows_of_both.group_id = suppliers.supplier_id
    left join organisations on rows_of_both.group_id = organisations.entity_id
    -- one organisation in two registers is a group where it was paid under both ids
    where rows_of_both.basis <> 'same_organisation' or suppliers.supplier_id is not null
)

select * from final
