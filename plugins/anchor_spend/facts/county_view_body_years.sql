-- One row per body and financial year: the county view against the files and against the other marts.
with files as (
    select
        versions.publisher_id,
        case
            when right(versions.period, 2) >= '04'
                then concat(left(versions.period, 4), '/', right((left(versions.period, 4)::int + 1)::text, 2))
            else concat((left(versions.period, 4)::int - 1)::text, '/', substr(versions.period, 3, 2))
        end as financial_year,
        sum(versions.pence_payments) as pence,
        -- purchase-card files add pounds, not months; the calendar says how many months a file covers
        coalesce(sum(calendar.months_count) filter (where versions.stream = 'payments'), 0) as months
    from quality.release_files as files
    inner join landing.file_versions as versions on files.file_id = versions.file_id
    left join {schema}.coverage as calendar
        on versions.publisher_id = calendar.publisher_id
        and versions.stream = calendar.stream
        and versions.period = calendar.period
    where files.release_number = {number}
    group by 1, 2
),

view_rows as (
    select * from {schema}.county_view where publisher_id <> 'county'
),

scopes as (
    select
        publisher_id,
        financial_year,
        sum(amount_gbp) as gbp,
        coalesce(sum(amount_gbp) filter (where spend_scope = 'goods_and_services'), 0) as headline_gbp,
        bool_or(spend_scope = 'goods_and_services') as has_headline
    from {schema}.spend_by_scope
    where publisher_id <> 'county'
    group by publisher_id, financial_year
),

suppliers as (
    select publisher_id, financial_year, sum(amount_gbp) as gbp
    from {schema}.supplier_spend
    where publisher_id <> 'county'
    group by publisher_id, financial_year
),

definitions as (
    select publisher_id, financial_year, count(distinct definition_id) as headline_definitions
    from {schema}.local_share
    where scope = 'goods_and_services' and definition_id in ('primary', 'secondary', 'either')
    group by publisher_id, financial_year
),

subjects as (
    select publisher_id, financial_year from files
    union
    select publisher_id, financial_year from view_rows
)

select
    concat_ws(' ', subjects.publisher_id, subjects.financial_year) as subject,
    (coalesce(view_rows.gross_gbp, 0) * 100 - coalesce(files.pence, 0))::bigint as gross_pence_difference,
    ((coalesce(scopes.gbp, 0) - coalesce(view_rows.gross_gbp, 0)) * 100)::bigint as scope_pence_difference,
    ((coalesce(suppliers.gbp, 0) - coalesce(view_rows.gross_gbp, 0)) * 100)::bigint as supplier_pence_difference,
    ((coalesce(scopes.headline_gbp, 0) - coalesce(view_rows.headline_gbp, 0)) * 100)::bigint
        as headline_pence_difference,
    coalesce(view_rows.months_covered, 0) - coalesce(files.months, 0) as months_difference,
    case when scopes.has_headline then 3 - coalesce(definitions.headline_definitions, 0) end as definitions_missing
from subjects
left join files using (publisher_id, financial_year)
left join view_rows using (publisher_id, financial_year)
left join scopes using (publisher_id, financial_year)
left join suppliers using (publisher_id, financial_year)
left join definitions using (publisher_id, financial_year)
