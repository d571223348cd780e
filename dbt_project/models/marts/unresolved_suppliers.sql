with outcomes as (
    select * from {{ ref('int_supplier_outcomes') }}
    where outcome in ('in_review', 'unresolved')
),

suppliers as (
    select * from {{ ref('int_suppliers') }}
),

spend as (
    select * from {{ ref('int_supplier_spend') }}
),

paid as (
    select
        supplier_key,
        sum(amount_gbp)::numeric(16, 2) as amount_gbp,
        sum(payment_count)::bigint as payment_count,
        count(distinct publisher_id) as publisher_count
    from spend
    group by supplier_key
),

final as (
    select
        outcomes.supplier_id,
        suppliers.organisation_name as supplier_name,
        outcomes.outcome,
        paid.amount_gbp,
        paid.payment_count,
        paid.publisher_count,
        outcomes.nearest_entity_id,
        outcomes.nearest_name,
        outcomes.nearest_score,
        outcomes.method = 'override' as is_reviewed,
        outcomes.outcome = 'unresolved' and outcomes.method <> 'override' as is_probably_absent,
        outcomes.unmatched_reason,
        case
            when outcomes.method = 'override' then 'nothing more: a person found it on no register'
            when outcomes.unmatched_reason like '%told apart%'
                then 'a company or charity number, or a postcode, printed beside the name'
            when outcomes.unmatched_reason like '%only the published number%'
                then 'a look at the printed number: it belongs to a name that shares no word with this one'
            when outcomes.unmatched_reason like '%public body%'
                then 'a register of public bodies that lists it, or its name as an alias of one'
            when outcomes.outcome = 'in_review' then 'a look at the nearest organisation: anchor-spend review export'
            when outcomes.nearest_entity_id is not null
                then 'a number or postcode printed beside the name, or a register that holds it'
            else 'a register that holds it: no name of those loaded comes near'
        end as would_settle
    from outcomes
    inner join suppliers on outcomes.supplier_key = suppliers.supplier_key
    inner join paid on outcomes.supplier_key = paid.supplier_key
)

select * from final
