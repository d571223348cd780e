with body_years as (
    select * from {{ ref('int_body_years') }}
),

definition_years as (
    select * from {{ ref('int_definition_years') }}
),

local_spend as (
    select * from {{ ref('int_local_spend') }}
),

-- every body and year has its headline row, also without a payment
cells as (
    select
        body_years.financial_year,
        body_years.publisher_id,
        definition_years.definition_id,
        'goods_and_services' as scope
    from body_years
    inner join definition_years on body_years.financial_year = definition_years.financial_year
    union
    select
        financial_year,
        publisher_id,
        definition_id,
        spend_scope
    from local_spend
),

bodies as (
    select
        cells.*,
        coalesce(local_spend.local_gbp, 0) as local_gbp,
        coalesce(local_spend.not_local_gbp, 0) as not_local_gbp,
        coalesce(local_spend.unresolved_gbp, 0) as unresolved_gbp
    from cells
    left join local_spend
        on
            cells.financial_year = local_spend.financial_year
            and cells.publisher_id = local_spend.publisher_id
            and cells.definition_id = local_spend.definition_id
            and cells.scope = local_spend.spend_scope
),

county as (
    select
        bodies.financial_year,
        'county' as publisher_id,
        bodies.definition_id,
        bodies.scope,
        sum(bodies.local_gbp) as local_gbp,
        sum(bodies.not_local_gbp) as not_local_gbp,
        sum(bodies.unresolved_gbp) as unresolved_gbp
    from bodies
    inner join body_years
        on bodies.financial_year = body_years.financial_year and bodies.publisher_id = body_years.publisher_id
    where not body_years.is_memo
    group by bodies.financial_year, bodies.definition_id, bodies.scope
),

months as (
    select
        financial_year,
        publisher_id,
        months_covered,
        months_expected,
        (months_covered > 0)::int::bigint as bodies_covered,
        (months_expected > 0)::int::bigint as bodies_expected
    from body_years
    union all
    select
        financial_year,
        'county',
        sum(months_covered)::bigint,
        sum(months_expected)::bigint,
        count(*) filter (where months_covered > 0),
        count(*) filter (where months_expected > 0)
    from body_years
    where not is_memo
    group by financial_year
),

amounts as (
    select * from bodies
    union all
    select * from county
),

final as (
    select
        amounts.financial_year,
        amounts.publisher_id,
        amounts.definition_id,
        amounts.scope,
        amounts.local_gbp::numeric(16, 2) as local_gbp,
        amounts.not_local_gbp::numeric(16, 2) as not_local_gbp,
        amounts.unresolved_gbp::numeric(16, 2) as unresolved_gbp,
        {{ fraction('amounts.local_gbp', 'amounts.local_gbp + amounts.not_local_gbp') }} as share,
        -- unresolved pounds are below zero where credit notes outweigh them: the bounds then change places
        {{ fraction(
            'least(amounts.local_gbp, amounts.local_gbp + amounts.unresolved_gbp)',
            'amounts.local_gbp + amounts.not_local_gbp + amounts.unresolved_gbp'
        ) }} as floor,
        {{ fraction(
            'greatest(amounts.local_gbp, amounts.local_gbp + amounts.unresolved_gbp)',
            'amounts.local_gbp + amounts.not_local_gbp + amounts.unresolved_gbp'
        ) }} as ceiling,
        months.months_covered,
        months.months_expected,
        months.bodies_covered,
        months.bodies_expected
    from amounts
    inner join months
        on amounts.financial_year = months.financial_year and amounts.publisher_id = months.publisher_id
)

select * from final
