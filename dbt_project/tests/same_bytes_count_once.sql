-- a file published again as another month, or by another body, would count the same payments twice
select
    sha256,
    count(*) as times
from {{ ref('int_files_current') }}
where rows_payments > 0
group by sha256
having count(*) > 1
