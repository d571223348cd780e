{{ config(indexes=[
    {'columns': ['spend_key'], 'unique': true},
    {'columns': ['supplier_id']},
]) }}
{%- set fields = scope_fields() %}

with payments as (
    select * from {{ ref('int_payments_paid_to') }}
),

matches as (
    select * from {{ ref('int_scope_matches') }}
),

rules as (
    select * from {{ ref('spend_scope_rules') }}
),

-- of the rules met by any field of a payment, the one with the lowest number
decided as (
    select
        payments.*,
        least(
            {% for field in fields %}
            by_{{ field }}.priority{{ ',' if not loop.last }}
            {% endfor %}
        ) as scope_rule
    from payments
    {% for field in fields %}
    left join matches as by_{{ field }}
        on
            payments.file_id = by_{{ field }}.file_id
            and payments.{{ field }}::text = by_{{ field }}.value
            and by_{{ field }}.field = '{{ field }}'
    {% endfor %}
),

final as (
    select
        decided.spend_key,
        decided.file_id,
        decided.supplier_key,
        decided.supplier_id,
        coalesce(rules.scope, 'goods_and_services') as spend_scope,
        decided.scope_rule,
        decided.amount_gbp,
        decided.payment_count
    from decided
    left join rules on decided.scope_rule = rules.priority
)

select * from final
