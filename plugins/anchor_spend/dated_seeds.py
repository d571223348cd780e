"""Which reviewed rows are in force on a day: decisions on suppliers, and sites.

In: the files that the models read as of a release's own day. Out: the rows in force, so that a release knows
whether one has begun, ended or changed since the one before. Refuses what dated_rows.py does, and a site
without a supplier, a postcode or its evidence.
"""

import re
from collections.abc import Iterator
from datetime import date

from anchor_spend.dated_rows import Cells, Spoilt, day_of, day_problems, read, spoilt
from anchor_spend.registers import canonical_postcode
from anchor_spend.review import seed
from anchor_spend.settings import PROJECT

_SITE_COLUMNS = ("supplier_id", "postcode", "valid_from", "valid_to", "reviewed_on", "evidence")
_SUPPLIER_ID = re.compile(rf"unmatched-[0-9a-f]{{16}}|{seed.ENTITY_ID.pattern}")


def in_force(day: date) -> dict[str, list[tuple[str, ...]]]:
    """What the rows in force say, by kind, in an order of their own."""
    decided = [row for row in seed.load() if row.is_in_force(day)]
    sites = [cells for cells in _sites() if _holds(cells, day)]
    return {
        "suppliers": sorted((row.supplier_key, row.name_key, *row.outcome) for row in decided),
        "sites": sorted((cells["supplier_id"], cells["postcode"]) for cells in sites),
    }


def _sites() -> list[Cells]:
    path = PROJECT / "dbt_project" / "seeds" / "reviewed_sites.csv"
    return read(path, _SITE_COLUMNS, _site_problems)


def _site_problems(cells: Cells) -> Iterator[Spoilt]:
    if not _SUPPLIER_ID.fullmatch(cells["supplier_id"]):
        remedy = "Write the supplier_id of dim_suppliers, such as GB-COH-01234567."
        yield spoilt("supplier_id", "id_unreadable", cells["supplier_id"], remedy)
    if not canonical_postcode(cells["postcode"]):
        yield spoilt("postcode", "postcode_unreadable", cells["postcode"], "Write a whole postcode.")
    if not cells["evidence"]:
        yield spoilt("evidence", "evidence_missing", "", "Say what shows that the supplier works from there.")
    yield from day_problems(cells)


def _holds(cells: Cells, day: date) -> bool:
    begins, ends = day_of(cells["valid_from"]), day_of(cells["valid_to"])
    return (begins or day) <= day <= (ends or day)
