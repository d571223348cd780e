with payments as (
    select * from {{ ref('int_payments_current') }}
),

published as (
    select * from {{ ref('stg_suppliers') }}
),

decisions as (
    select * from {{ ref('stg_supplier_decisions') }}
),

companies as (
    select * from {{ ref('stg_companies') }}
),

organisations as (
    select * from {{ ref('stg_organisations') }}
),

public_bodies as (
    select * from {{ ref('stg_public_bodies') }}
),

-- bodies that publish together share an org-id; the county counts them where it counts one of them
bodies as (
    select distinct on (org_id)
        publisher_id,
        org_id,
        body_name,
        body_type,
        postcode,
        bool_and(is_memo) over (partition by org_id) as is_memo
    from {{ ref('int_bodies') }}
    order by org_id, valid_from desc
),

overrides as (
    select * from {{ ref('int_supplier_overrides') }}
),

paid as (
    select
        supplier_key,
        sum(amount_gbp)::numeric(16, 2) as gross_gbp
    from payments
    where supplier_key is not null
    group by supplier_key
),

decided as (
    select
        paid.supplier_key,
        paid.gross_gbp,
        published.supplier_name as published_name,
        coalesce(decisions.reads_as, 'unclear') as reads_as,
        published.ledger_postcode,
        case
            when overrides.supplier_key is not null then overrides.entity_id
            else decisions.entity_id
        end as entity_id,
        coalesce(overrides.payee_kind, decisions.payee_kind, 'unclear') as payee_kind,
        case
            when overrides.supplier_key is not null then 'override' else coalesce(decisions.method, 'undecided')
        end as method,
        case when overrides.supplier_key is null then decisions.score end::numeric(5, 4) as score
    from paid
    inner join published on paid.supplier_key = published.supplier_key
    left join decisions on paid.supplier_key = decisions.supplier_key
    left join overrides on paid.supplier_key = overrides.supplier_key
),

final as (
    select
        decided.supplier_key,
        case
            when decided.entity_id is not null then decided.entity_id
            when decided.payee_kind = 'organisation' then 'unmatched-' || decided.supplier_key
            when decided.payee_kind = 'person' then 'individual'
            else 'unclear'
        end as supplier_id,
        case when decided.entity_id is not null then 'organisation' else decided.payee_kind end as payee_kind,
        decided.entity_id,
        case
            when public_bodies.entity_id is not null then public_bodies.body_type
            when bodies.org_id is not null then bodies.body_type
            when decided.entity_id like 'GB-COH-%' then 'company'
            when organisations.is_charity or decided.entity_id like 'GB-CHC-%' then 'charity'
            when organisations.entity_id is not null then 'mutual'
            when decided.entity_id is not null then 'other'
        end as entity_type,
        coalesce(public_bodies.is_public_sector, bodies.is_memo, false) as is_public_body,
        coalesce(public_bodies.publisher_id, bodies.publisher_id) is not null
        and not coalesce(bodies.is_memo, false) as is_anchor,
        coalesce(
            public_bodies.body_name,
            bodies.body_name,
            companies.company_name,
            organisations.organisation_name,
            -- a name that may be a person's is not shown in the place of an organisation's
            case
                when decided.entity_id is null or decided.reads_as = 'organisation' then decided.published_name
                else decided.entity_id
            end
        ) as organisation_name,
        decided.method,
        decided.score,
        -- nor is what is printed beside such a name a site: it may be a home
        case
            when decided.reads_as = 'organisation' or (decided.method = 'override' and decided.entity_id is null)
                then decided.ledger_postcode
        end as ledger_postcode,
        coalesce(public_bodies.postcode, bodies.postcode, companies.postcode, organisations.postcode)
            as register_postcode,
        case
            when coalesce(public_bodies.entity_id, bodies.org_id) is not null then 'public_body_site'
            when organisations.is_charity then 'charity_contact'
            when coalesce(companies.entity_id, organisations.entity_id) is not null then 'registered_office'
        end as register_basis,
        decided.gross_gbp
    from decided
    -- by number: among millions of companies the key finds it at once
    left join companies
        on decided.entity_id like 'GB-COH-%' and substr(decided.entity_id, 8) = companies.company_number
    left join organisations on decided.entity_id = organisations.entity_id
    left join public_bodies on decided.entity_id = public_bodies.entity_id
    left join bodies on decided.entity_id = bodies.org_id
)

select * from final
