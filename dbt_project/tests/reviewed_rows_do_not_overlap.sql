-- at most one reviewed decision, and one reviewed site, of a supplier is in force on a day
with reviewed as (
    select
        'supplier_overrides' as seed,
        supplier_key as subject,
        daterange(valid_from, valid_to, '[]') as days
    from {{ ref('stg_supplier_overrides') }}
    union all
    select
        'reviewed_sites',
        supplier_id,
        daterange(valid_from, valid_to, '[]')
    from {{ ref('reviewed_sites') }}
),

numbered as (
    select
        *,
        row_number() over (partition by seed, subject order by days) as number
    from reviewed
)

select
    earlier.seed,
    earlier.subject
from numbered as earlier
inner join numbered as later
    on
        earlier.seed = later.seed
        and earlier.subject = later.subject
        and earlier.number < later.number
        and earlier.days && later.days
