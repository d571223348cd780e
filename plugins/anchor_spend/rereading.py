"""Bytes that count already, to be read again: with a spec that was corrected since.

In: a body. Out: a version of each of its counted files that waits to be loaded, as if it had just landed; a
version's rows never change, since releases refer to them. Nothing is fetched.
"""

from psycopg.rows import dict_row

from anchor_spend import database
from anchor_spend.ledger import LANDED_FILE
from anchor_spend.records import LandedFile


def land_again(is_synthetic: bool, publisher_id: str, first: str = "", last: str = "") -> list[LandedFile]:
    """A version to be loaded for every accepted one of a body: the same bytes, with the next reading number.

    One that waits since an earlier attempt, or was refused then, is used again.
    """
    query = f"""
        with counted as (
            select * from landing.file_versions
            where status = 'accepted' and is_synthetic = %(is_synthetic)s and publisher_id = %(publisher_id)s
              and (%(first)s = '' or period >= %(first)s) and (%(last)s = '' or period <= %(last)s)
        ), latest as (
            select c.file_id as counted_id, max(f.reading_number) as reading_number
            from counted c join landing.file_versions f
              on (f.is_synthetic, f.publisher_id, f.stream, f.period, f.sha256)
                 = (c.is_synthetic, c.publisher_id, c.stream, c.period, c.sha256)
            group by 1
        ), unused as (
            update landing.file_versions f
            set status = 'landed', status_reason = 'to be read again', status_rule = '',
                landed_at = clock_timestamp()
            from counted c join latest l on l.counted_id = c.file_id
            where (f.is_synthetic, f.publisher_id, f.stream, f.period, f.sha256, f.reading_number)
                  = (c.is_synthetic, c.publisher_id, c.stream, c.period, c.sha256, l.reading_number)
              and f.status in ('landed', 'rejected')
            returning f.*, c.file_id as counted_id
        ), added as (
            insert into landing.file_versions (is_synthetic, source, publisher_id, stream, period, sha256,
                file_name, size_bytes, url, status_reason, reading_number)
            select c.is_synthetic, c.source, c.publisher_id, c.stream, c.period, c.sha256, c.file_name,
                   c.size_bytes, c.url, 'to be read again', l.reading_number + 1
            from counted c join latest l on l.counted_id = c.file_id
            where not exists (select from unused u where u.counted_id = c.file_id)
            returning *
        )
        select {LANDED_FILE} from unused union all select {LANDED_FILE} from added
        order by period, stream"""  # noqa: S608 - column names are constants
    values = {"is_synthetic": is_synthetic, "publisher_id": publisher_id, "first": first, "last": last}
    with database.connect("loader") as connection, connection.cursor(row_factory=dict_row) as cursor:
        return [LandedFile(**row) for row in cursor.execute(query.encode(), values)]
