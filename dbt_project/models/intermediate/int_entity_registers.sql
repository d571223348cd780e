with suppliers as (
    select
        entity_id,
        min(organisation_name) as organisation_name,
        bool_or(is_public_body or is_anchor) as is_public_body
    from {{ ref('int_suppliers') }}
    where entity_id is not null
    group by entity_id
),

entries as (
    select * from {{ ref('int_entity_entries') }}
    where preference = 1
),

companies as (
    select * from {{ ref('stg_companies') }}
),

public_bodies as (
    select * from {{ ref('stg_public_bodies') }}
),

numbered as (
    select
        suppliers.entity_id,
        suppliers.organisation_name,
        suppliers.is_public_body,
        charities.entry_id as charity_id,
        mutuals.entry_id as mutual_id,
        case
            when suppliers.entity_id like 'GB-COH-%' then substr(suppliers.entity_id, 8)
            else coalesce(charities.company_number, mutuals.company_number)
        end as company_number,
        charities.registered_form as charity_form,
        mutuals.registered_form as mutual_form,
        coalesce(charities.registered_on, mutuals.registered_on) as registered_on,
        coalesce(charities.removed_on, mutuals.removed_on) as removed_on,
        coalesce(charities.status, mutuals.status) as entry_status,
        charities.latest_income as latest_income_gbp,
        charities.latest_income_year_end,
        charities.postcode as charity_postcode,
        charities.post_town as charity_town,
        mutuals.postcode as mutual_postcode,
        mutuals.post_town as mutual_town,
        coalesce(charities.is_listed, mutuals.is_listed) as is_entry_listed,
        coalesce(charities.seen_in_vintage, mutuals.seen_in_vintage) as entry_vintage
    from suppliers
    left join entries as charities on suppliers.entity_id = charities.entity_id and charities.is_charity
    left join entries as mutuals on suppliers.entity_id = mutuals.entity_id and not mutuals.is_charity
),

final as (
    select
        numbered.*,
        companies.entity_id as company_id,
        companies.company_name,
        companies.category as company_category,
        companies.status as company_status,
        companies.sic_codes,
        companies.incorporated_on,
        companies.dissolved_on,
        companies.accounts_category,
        companies.accounts_made_up_on,
        companies.postcode as company_postcode,
        companies.post_town as company_town,
        companies.is_listed as is_company_listed,
        companies.seen_in_vintage as company_vintage,
        public_bodies.body_type,
        public_bodies.postcode as body_postcode
    from numbered
    left join companies on numbered.company_number = companies.company_number
    left join public_bodies on numbered.entity_id = public_bodies.entity_id
)

select * from final
