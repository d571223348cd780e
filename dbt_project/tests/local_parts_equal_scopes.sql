-- local, not local and unresolved pounds are all of the spend, by every definition in force; county included
with scopes as (
    select
        financial_year,
        publisher_id,
        spend_scope,
        amount_gbp
    from {{ ref('spend_by_scope') }}
    union all
    select
        financial_year,
        'county',
        spend_scope,
        sum(amount_gbp)
    from {{ ref('spend_by_scope') }}
    where not is_memo
    group by financial_year, spend_scope
),

definition_years as (
    select * from {{ ref('int_definition_years') }}
),

wanted as (
    select
        scopes.financial_year,
        scopes.publisher_id,
        definition_years.definition_id,
        scopes.spend_scope as scope,
        scopes.amount_gbp
    from scopes
    inner join definition_years on scopes.financial_year = definition_years.financial_year
)

select
    financial_year,
    publisher_id,
    definition_id,
    scope
from {{ ref('local_share') }} as local_share
full join wanted using (financial_year, publisher_id, definition_id, scope)
where
    coalesce(wanted.amount_gbp, 0)
    is distinct from local_share.local_gbp + local_share.not_local_gbp + local_share.unresolved_gbp
