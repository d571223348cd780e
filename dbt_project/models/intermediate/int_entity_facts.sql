with entities as (
    select * from {{ ref('int_entity_registers') }}
),

legal_forms as (
    select * from {{ ref('int_legal_forms') }}
),

sic_codes as (
    select * from {{ ref('stg_sic_codes') }}
),

sections as (
    select * from {{ ref('sic_sections') }}
),

industries as (
    select
        entities.entity_id,
        string_agg(coalesce(sic_codes.description, '?'), '; ' order by stated.position) as sic_descriptions
    from entities
    cross join lateral string_to_table(entities.sic_codes, '; ') with ordinality as stated (sic_code, position)
    left join sic_codes on stated.sic_code = sic_codes.sic_code
    group by entities.entity_id
),

addresses as (
    select
        entities.entity_id,
        candidates.*
    from entities
    cross join lateral (
        select
            candidates.postcode,
            candidates.post_town,
            candidates.address_basis
        from (
            values
            (1, entities.body_postcode, null, 'public_body_site'),
            (2, entities.company_postcode, entities.company_town, 'registered_office'),
            (3, entities.mutual_postcode, entities.mutual_town, 'mutual_registered_office'),
            (4, entities.charity_postcode, entities.charity_town, 'charity_contact')
        ) as candidates (preference, postcode, post_town, address_basis)
        where candidates.postcode is not null
        order by candidates.preference
        limit 1
    ) as candidates
),

final as (
    select
        entities.entity_id,
        entities.organisation_name,
        legal_forms.legal_form,
        legal_forms.legal_form_basis,
        entities.company_id,
        entities.charity_id,
        entities.mutual_id,
        entities.company_id is not null as is_company,
        entities.charity_id is not null as is_charity,
        legal_forms.legal_form = 'community_interest_company' as is_cic,
        legal_forms.legal_form = 'charitable_incorporated_organisation' as is_cio,
        entities.mutual_id is not null
        or legal_forms.legal_form in (
            'registered_society', 'cooperative_society', 'community_benefit_society', 'credit_union',
            'building_society', 'friendly_society'
        ) as is_mutual,
        entities.is_public_body,
        entities.body_type,
        coalesce(entities.company_status, entities.entry_status) as register_status,
        coalesce(entities.incorporated_on, entities.registered_on) as founded_on,
        case when entities.company_id is not null then entities.dissolved_on else entities.removed_on end as ended_on,
        coalesce(entities.is_company_listed, entities.is_entry_listed) as is_listed,
        coalesce(entities.company_vintage, entities.entry_vintage) as seen_in_vintage,
        substring(entities.sic_codes from '^[0-9]{5}') as sic_code,
        sic_codes.description as sic_description,
        sections.section as sic_section,
        sections.section_name as sic_section_name,
        entities.sic_codes,
        industries.sic_descriptions,
        entities.accounts_category,
        entities.accounts_made_up_on,
        entities.latest_income_gbp,
        entities.latest_income_year_end,
        addresses.postcode,
        addresses.post_town,
        addresses.address_basis
    from entities
    inner join legal_forms on entities.entity_id = legal_forms.entity_id
    left join industries on entities.entity_id = industries.entity_id
    left join sic_codes on left(entities.sic_codes, 5) = sic_codes.sic_code
    left join sections
        on
            substring(entities.sic_codes from '^([0-9]{2})[0-9]{3}')::integer
            between sections.first_division and sections.last_division
    left join addresses on entities.entity_id = addresses.entity_id
)

select * from final
