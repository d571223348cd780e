{{ config(materialized='view') }}

with payments as (
    select * from {{ ref('int_payments_current') }}
),

suppliers as (
    select * from {{ ref('int_suppliers') }}
),

final as (
    select
        payments.*,
        case when payments.is_redacted then 'redacted' else coalesce(suppliers.supplier_id, 'unclear') end
            as supplier_id,
        case when payments.is_redacted then 'redacted' else coalesce(suppliers.payee_kind, 'unclear') end
            as payee_kind,
        payments.supplier_key is null and not payments.is_redacted as supplier_name_blank,
        suppliers.entity_type,
        coalesce(suppliers.is_anchor, false) as is_anchor,
        coalesce(suppliers.is_public_body, false) as is_public_body
    from payments
    left join suppliers on payments.supplier_key = suppliers.supplier_key
)

select * from final
