select
    file_id,
    sheet,
    row_number,
    is_rejected,
    rule,
    amount_gbp
from {{ source('landing', 'set_aside') }}
