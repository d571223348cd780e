with suppliers as (
    select
        supplier_key,
        supplier_id,
        organisation_name,
        gross_gbp
    from {{ ref('int_suppliers') }}
    where payee_kind = 'organisation'
),

identifiers as (
    select * from {{ ref('stg_supplier_identifiers') }}
    where scheme = 'vat'
),

members as (
    select
        identifiers.identifier,
        suppliers.supplier_id,
        min(suppliers.organisation_name) as organisation_name,
        sum(suppliers.gross_gbp) as gross_gbp
    from identifiers
    inner join suppliers on identifiers.supplier_key = suppliers.supplier_key
    group by 1, 2
),

clusters as (
    select
        *,
        count(*) over (partition by identifier) as supplier_count,
        first_value(organisation_name) over (
            partition by identifier order by gross_gbp desc, supplier_id
        ) as group_name
    from members
),

-- the number itself is not shown
final as (
    select
        supplier_id,
        'vat-' || left(md5(identifier), 16) as group_id,
        group_name,
        'vat_number' as basis,
        'likely' as confidence,
        'one VAT number is printed beside ' || supplier_count || ' suppliers' as evidence
    from clusters
    where supplier_count > 1
)

select * from final
