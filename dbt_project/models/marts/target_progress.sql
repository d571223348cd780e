with local_share as (
    select * from {{ ref('local_share') }}
    where scope = 'goods_and_services'
),

definition_years as (
    select * from {{ ref('int_definition_years') }}
),

targets as (
    select * from {{ ref('targets') }}
    where kpi = 'local_spend'
),

-- years of the strategy without payments stay in, so that the whole path can be seen
cells as (
    select
        financial_year,
        publisher_id,
        definition_id
    from local_share
    union
    select
        targets.financial_year,
        bodies.publisher_id,
        definition_years.definition_id
    from targets
    inner join definition_years on targets.financial_year = definition_years.financial_year
    cross join (select distinct publisher_id from local_share) as bodies
),

final as (
    select
        cells.financial_year,
        cells.publisher_id,
        cells.definition_id,
        targets.target_value as target_pct,
        coalesce(cells.publisher_id = targets.publisher_id, false) as is_own_target,
        local_share.share,
        local_share.floor,
        local_share.ceiling
    from cells
    left join targets on cells.financial_year = targets.financial_year
    left join local_share
        on
            cells.financial_year = local_share.financial_year
            and cells.publisher_id = local_share.publisher_id
            and cells.definition_id = local_share.definition_id
)

select * from final
