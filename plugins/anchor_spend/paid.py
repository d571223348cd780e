"""When each supplier was paid and for what, as far as files count: kept beside it while files come and go.

In: files that have begun or ceased to count. Out: the days of first and last payment and the categories of
the suppliers in them. The payments of other files are read only of suppliers that lost a first or last day,
or a category: the cost follows the file, not the years before.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

# what each supplier has in the files, of those that count now and of those that do not
_MOVED = """
    create temporary table moved on commit drop as
    select f.is_synthetic, p.supplier_key,
        min(p.payment_date) filter (where f.status = 'accepted') as came_first,
        max(p.payment_date) filter (where f.status = 'accepted') as came_last,
        array_agg(distinct coalesce(p.category, '')) filter (where f.status = 'accepted') as came_for,
        min(p.payment_date) filter (where f.status <> 'accepted') as went_first,
        max(p.payment_date) filter (where f.status <> 'accepted') as went_last,
        array_agg(distinct coalesce(p.category, '')) filter (where f.status <> 'accepted') as went_for
    from landing.payments p join landing.file_versions f using (file_id)
    where p.file_id = any(%s) and p.supplier_key is not null
    group by 1, 2"""
# in key order, so that two files do not wait for each other in a circle; before anything is counted, so that
# what another file has changed meanwhile is seen
_LOCK = """
    select from landing.suppliers s join moved m using (is_synthetic, supplier_key)
    order by s.supplier_key for no key update of s"""
_ADD = """
    update landing.suppliers s
    set first_paid_on = least(s.first_paid_on, m.came_first),
        last_paid_on = greatest(s.last_paid_on, m.came_last),
        categories = (select array_agg(distinct kind) from unnest(s.categories || m.came_for) kind)
    from moved m
    where (s.is_synthetic, s.supplier_key) = (m.is_synthetic, m.supplier_key)
        and m.came_first is not null
        and (s.first_paid_on is null or m.came_first < s.first_paid_on or m.came_last > s.last_paid_on
            or not m.came_for <@ s.categories)"""
# of a supplier that lost its first or last day, or perhaps a category: a look into the index of its payments,
# which ends at the first that counts
_COUNTING = """
    from landing.payments p join landing.file_versions f using (file_id)
    where p.supplier_key = s.supplier_key and f.is_synthetic = s.is_synthetic and f.status = 'accepted'"""
_TAKE_AWAY = f"""
    with lost as materialized (
        select m.is_synthetic, m.supplier_key,
            s.first_paid_on = m.went_first and m.went_first < coalesce(m.came_first, 'infinity') as is_first,
            s.last_paid_on = m.went_last and m.went_last > coalesce(m.came_last, '-infinity') as is_last,
            array(select unnest(m.went_for) except select unnest(m.came_for)) as kinds
        from moved m join landing.suppliers s using (is_synthetic, supplier_key)
        where m.went_first is not null
    )
    update landing.suppliers s
    set first_paid_on = case when not is_first then s.first_paid_on
            else (select p.payment_date {_COUNTING} order by p.payment_date limit 1) end,
        last_paid_on = case when not is_last then s.last_paid_on
            else (select p.payment_date {_COUNTING} order by p.payment_date desc limit 1) end,
        categories = array(
            select kind from unnest(s.categories) kind
            where kind <> all(lost.kinds) or exists (select {_COUNTING} and coalesce(p.category, '') = kind))
    from lost
    where (s.is_synthetic, s.supplier_key) = (lost.is_synthetic, lost.supplier_key)
        and (is_first or is_last or lost.kinds <> '{{}}')"""  # noqa: S608 - constants


def follow(connection: psycopg.Connection[Any], file_ids: Sequence[int]) -> None:
    """Let the suppliers of these files follow from what counts now; part of the caller's transaction."""
    connection.execute(_MOVED, [list(file_ids)])
    connection.execute("analyze moved")
    for statement in (_LOCK, _ADD, _TAKE_AWAY):
        connection.execute(statement)
    connection.execute("drop table moved")
