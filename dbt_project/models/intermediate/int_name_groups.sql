with suppliers as (
    select distinct on (supplier_id)
        supplier_id,
        (regexp_match(upper(organisation_name), '^(?:THE\s+)?([A-Z]{4,})\M'))[1] as leading_word,
        case when register_basis = 'registered_office' then register_postcode end as registered_postcode
    from {{ ref('int_suppliers') }}
    where payee_kind = 'organisation'
    order by supplier_id, gross_gbp desc, supplier_key
),

words as (
    select
        leading_word,
        count(*) as supplier_count
    from suppliers
    where leading_word is not null
    group by leading_word
),

shared as (
    select
        leading_word,
        registered_postcode,
        count(*) as supplier_count
    from suppliers
    where leading_word is not null and registered_postcode is not null
    group by leading_word, registered_postcode
    having count(*) > 1
),

-- a rare word: of all suppliers that begin with it, two thirds are registered at this one postcode
final as (
    select
        suppliers.supplier_id,
        'name-' || left(md5(shared.leading_word || '|' || shared.registered_postcode), 16) as group_id,
        initcap(shared.leading_word) as group_name,
        'name_and_postcode' as basis,
        'possible' as confidence,
        shared.supplier_count || ' of the ' || words.supplier_count
        || ' suppliers with this leading word share a registered postcode' as evidence
    from suppliers
    inner join shared
        on
            suppliers.leading_word = shared.leading_word
            and suppliers.registered_postcode = shared.registered_postcode
    inner join words on shared.leading_word = words.leading_word
    where shared.supplier_count * 3 >= words.supplier_count * 2
)

select * from final
