-- the gross spend of all bodies and years is what was loaded from the files that count
with county as (
    select coalesce(sum(gross_gbp), 0) as gross_gbp from {{ ref('county_view') }}
),

files as (
    select coalesce(sum(pence_payments), 0) / 100.0 as gross_gbp from {{ ref('int_files_current') }}
)

select
    county.gross_gbp,
    files.gross_gbp as files_gbp
from county
cross join files
where county.gross_gbp <> files.gross_gbp
