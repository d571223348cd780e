with suppliers as (
    select * from {{ ref('int_suppliers') }}
),

decisions as (
    select * from {{ ref('stg_supplier_decisions') }}
),

-- of unmatched suppliers, the organisation that came nearest
nearest as (
    select distinct on (entries.entity_id)
        entries.entity_id,
        entries.entry_name
    from (
        select
            entity_id,
            company_name as entry_name
        from {{ ref('stg_companies') }}
        union all
        select
            entity_id,
            organisation_name
        from {{ ref('stg_organisations') }}
        union all
        select
            entity_id,
            body_name
        from {{ ref('stg_public_bodies') }}
    ) as entries
    where entries.entity_id in (select decisions.nearest_entity_id from decisions where decisions.entity_id is null)
    order by entries.entity_id, entries.entry_name
),

final as (
    select
        suppliers.supplier_key,
        suppliers.supplier_id,
        case
            when suppliers.payee_kind = 'person' then 'individual'
            when suppliers.payee_kind = 'unclear' then 'unclear'
            when suppliers.is_public_body or suppliers.is_anchor or suppliers.method = 'public_body' then 'public_body'
            when suppliers.entity_id is not null then 'matched'
            when suppliers.method <> 'override' and decisions.band = 'review' then 'in_review'
            else 'unresolved'
        end as outcome,
        suppliers.method,
        case when suppliers.method = 'override' then 'accept' else coalesce(decisions.band, 'reject') end as band,
        case when suppliers.entity_id is null then decisions.nearest_entity_id end as nearest_entity_id,
        case when suppliers.entity_id is null then nearest.entry_name end as nearest_name,
        case when suppliers.entity_id is null then decisions.nearest_score end as nearest_score,
        case when suppliers.entity_id is null then decisions.unmatched_reason end as unmatched_reason
    from suppliers
    left join decisions on suppliers.supplier_key = decisions.supplier_key
    left join nearest on decisions.nearest_entity_id = nearest.entity_id
)

select * from final
