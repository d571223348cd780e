with recursive publishers as (
    select * from {{ ref('stg_release_publishers') }}
),

postcodes as (
    select * from {{ ref('stg_postcodes') }}
),

successions as (
    select
        predecessors.predecessor_id,
        publishers.publisher_id as successor_id
    from publishers
    cross join string_to_table(publishers.predecessor_ids, ', ') as predecessors (predecessor_id)
),

-- a body that was split between several has no one successor: its own line ends with it
successors as (
    select
        predecessor_id,
        min(successor_id) as successor_id
    from successions
    group by predecessor_id
    having count(*) = 1
),

-- union, not union all: a circle in the specs ends here
lines as (
    select
        publisher_id,
        publisher_id as later_id
    from publishers
    union
    select
        lines.publisher_id,
        successors.successor_id
    from lines
    inner join successors on lines.later_id = successors.predecessor_id
),

last_of_line as (
    select
        lines.publisher_id,
        min(lines.later_id) as publisher_id_now
    from lines
    left join successors on lines.later_id = successors.predecessor_id
    where successors.successor_id is null
    group by lines.publisher_id
),

final as (
    select
        publishers.*,
        successors.successor_id,
        coalesce(last_of_line.publisher_id_now, publishers.publisher_id) as succession_group_id,
        postcodes.authority_code
    from publishers
    left join successors on publishers.publisher_id = successors.predecessor_id
    left join last_of_line on publishers.publisher_id = last_of_line.publisher_id
    left join postcodes on publishers.postcode = postcodes.postcode
)

select * from final
