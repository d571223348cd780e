with definitions as (
    select * from {{ ref('int_local_definitions') }}
),

years as (
    select financial_year from {{ ref('int_body_years') }}
    union
    select financial_year from {{ ref('targets') }}
),

-- one version a year: the one in force when the financial year begins
final as (
    select
        years.financial_year,
        definitions.definition_id,
        definitions.valid_from
    from years
    inner join definitions
        on {{ in_force('definitions', year_start('years.financial_year')) }}
)

select * from final
