-- Which printed numbers tell anything, and which organisations registers put into groups.

-- A body's default, or its own number, stands beside everybody: of a number printed beside names that begin with
-- more than five different words nothing follows. Branches, spellings and trading names of one business are fewer.
create view landing.telling_identifiers as
select printed.*
from landing.supplier_identifiers as printed
inner join (
    select
        identifiers.is_synthetic,
        identifiers.scheme,
        identifiers.identifier
    from landing.supplier_identifiers as identifiers
    inner join landing.suppliers using (is_synthetic, supplier_key)
    group by 1, 2, 3
    having count(distinct upper(split_part(btrim(suppliers.supplier_name), ' ', 1))) <= 5
) as telling using (is_synthetic, scheme, identifier);

-- One organisation of a register and the group a register, or a reviewed list, puts it into.
create table reference.group_links (
    is_synthetic boolean not null,
    link_id text not null,  -- member, group and basis
    member_entity_id text not null,  -- org-id form
    group_entity_id text not null,  -- org-id of the head, or the register's own id of the group
    group_name text,
    -- school_group: a school and its academy trust or federation of schools. merger: a charity that became part
    -- of another. succession: a public body, or a charity registered anew, and who took over. federation: shares
    -- a name and a purpose with the others, and no owner.
    basis text not null check (basis in ('school_group', 'merger', 'succession', 'federation')),
    confidence text not null check (confidence in ('stated', 'likely')),  -- likely: a reviewed list, no register
    source text not null,  -- what says so
    primary key (is_synthetic, link_id)
);
create unlogged table reference.staged_group_links (
    like reference.group_links including defaults including indexes
);
