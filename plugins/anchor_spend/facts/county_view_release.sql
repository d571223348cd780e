-- One row: the release as a whole.
with releases as (
    select * from quality.releases where release_number = {number}
),

files as (
    select
        count(*) as file_count,
        count(*) filter (
            where file_versions.is_synthetic <> releases.is_synthetic
                or file_versions.is_synthetic <> (file_versions.source = 'sample')
        ) as foreign_files
    from releases
    inner join quality.release_files as chosen on releases.release_number = chosen.release_number
    inner join landing.file_versions as file_versions on chosen.file_id = file_versions.file_id
),

suppliers as (
    select
        count(*) filter (where payee_kind <> 'organisation' and supplier_name is not null) as named_persons,
        count(*) filter (where payee_kind <> 'organisation' and postcode is not null) as located_persons
    from {schema}.dim_suppliers
),

headline as (
    select
        sum(spend.amount_gbp) as gbp,
        sum(spend.amount_gbp) filter (where suppliers.entity_id is not null) as resolved_gbp
    from {schema}.supplier_spend as spend
    left join {schema}.dim_suppliers as suppliers on spend.supplier_id = suppliers.supplier_id
    where spend.spend_scope = 'goods_and_services'
),

scopes as (
    select
        sum(amount_gbp) as gbp,
        sum(amount_gbp) filter (where spend_scope = 'unclassified') as unclassified_gbp
    from {schema}.spend_by_scope
),

reviewed as (
    select count(*) as aged
    from quality.stale_overrides as aging
    inner join releases on aging.is_synthetic = releases.is_synthetic
    where aging.severity = 'warning'
)

select
    'release {number}' as subject,
    files.file_count as files,
    files.foreign_files as files_of_another_world,
    releases.is_synthetic = (releases.source = 'sample') as is_marked_as_its_source,
    suppliers.named_persons as persons_named,
    suppliers.located_persons as persons_located,
    round(coalesce(headline.resolved_gbp, 0) / nullif(greatest(headline.gbp, 0), 0), 4) as share_resolved,
    round(coalesce(scopes.unclassified_gbp, 0) / nullif(greatest(scopes.gbp, 0), 0), 4) as share_unclassified,
    reviewed.aged as stale_overrides
from releases
cross join files
cross join suppliers
cross join headline
cross join scopes
cross join reviewed
