with reviewed as (
    select
        decided.supplier_key,
        decided.name_key,
        decided.entity_id,
        decided.payee_kind
    from {{ ref('stg_supplier_overrides') }} as decided
    inner join {{ ref('stg_releases') }} as releases
        on {{ in_force('decided', 'releases.as_of') }}
),

decisions as (
    select * from {{ ref('stg_supplier_decisions') }}
),

of_the_name as (
    select
        variants.supplier_key,
        min(reviewed.entity_id) as entity_id,
        min(reviewed.payee_kind) as payee_kind
    from reviewed
    inner join decisions as variants on reviewed.name_key = variants.name_key
    left join decisions as originals on reviewed.supplier_key = originals.supplier_key
    where
        warehouse.holds_for_variant(
            reviewed.entity_id,
            originals.printed_number,
            variants.printed_number,
            variants.method,
            variants.entity_id,
            variants.payee_kind
        )
    group by variants.supplier_key
    -- where people decided differently about one name, each decision holds for its own supplier only
    having
        count(
            distinct coalesce(reviewed.entity_id, '')
            || case when reviewed.entity_id is null then ' ' || reviewed.payee_kind else '' end
        ) = 1
),

final as (
    select
        supplier_key,
        entity_id,
        payee_kind,
        'supplier' as decided_for
    from reviewed
    union all
    select
        supplier_key,
        entity_id,
        payee_kind,
        'name' as decided_for
    from of_the_name
    where supplier_key not in (select reviewed.supplier_key from reviewed)
)

select * from final
