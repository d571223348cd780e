-- One row per local share: body or county, year, definition, scope.
with scopes as (
    select publisher_id, financial_year, spend_scope, sum(amount_gbp) as gbp
    from {schema}.spend_by_scope
    where publisher_id <> 'county'
    group by publisher_id, financial_year, spend_scope
    union all
    select 'county', financial_year, spend_scope, sum(amount_gbp)
    from {schema}.spend_by_scope
    where not is_memo
    group by financial_year, spend_scope
),

shares as (
    select
        *,
        -- after credit notes a part can be negative; then share, floor and ceiling are no interval
        least(local_gbp, not_local_gbp, unresolved_gbp) >= 0 as is_interval
    from {schema}.local_share
)

select
    concat_ws(' ', shares.publisher_id, shares.financial_year, shares.definition_id, shares.scope) as subject,
    ((shares.local_gbp + shares.not_local_gbp + shares.unresolved_gbp - coalesce(scopes.gbp, 0)) * 100)::bigint
        as pence_unaccounted,
    case when shares.is_interval then shares.share end as share,
    case when shares.is_interval then shares.floor end as floor,
    case when shares.is_interval then shares.ceiling end as ceiling,
    case when shares.is_interval then least(shares.share - shares.floor, shares.ceiling - shares.share) end
        as room_in_interval,
    case when shares.scope = 'goods_and_services' then least(shares.local_gbp, shares.not_local_gbp, shares.unresolved_gbp) end
        as smallest_headline_part_gbp,
    case when shares.scope = 'goods_and_services' and shares.publisher_id = 'county'
            and shares.definition_id in ('primary', 'secondary', 'either')
        then shares.ceiling - shares.floor end as width_of_county_interval
from shares
left join scopes
    on shares.publisher_id = scopes.publisher_id
    and shares.financial_year = scopes.financial_year
    and shares.scope = scopes.spend_scope
