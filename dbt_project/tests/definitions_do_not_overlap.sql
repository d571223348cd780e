-- at most one version of a definition is in force on a day, and its rules agree on dates and words
select
    earlier.definition_id,
    earlier.valid_from
from {{ ref('int_local_definitions') }} as earlier
inner join {{ ref('int_local_definitions') }} as later
    on earlier.definition_id = later.definition_id and earlier.valid_from < later.valid_from
where coalesce(earlier.valid_to, 'infinity') >= later.valid_from
union all
select
    definition_id,
    valid_from
from {{ ref('local_definitions') }}
group by definition_id, valid_from
having count(distinct concat_ws('|', valid_to, label, publisher_id, variant_of, citation)) > 1
