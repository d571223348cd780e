"""One row a public body, out of several registers and the publisher specs.

In: bodies as registers have them, and the specs, each of which is a public body too. Out: bodies with every
name they go by. Two schools or surgeries of one name are two bodies, unless they share a postcode as well: a
school that became an academy.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from anchor_spend import names
from anchor_spend.registers import LIST_SEPARATOR, PLACE_BOUND, canonical_postcode
from anchor_spend.spec import Publisher

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PublicBody:
    """A public body from a register or a publisher spec; dates as ISO text, '' where unknown."""

    entity_id: str
    body_name: str
    body_type: str
    aliases: tuple[str, ...] = ()
    postcode: str = ""
    publisher_id: str = ""
    valid_from: str = ""
    valid_to: str = ""


def body_frame(registered: "Iterable[pd.DataFrame]", specs: Sequence[Publisher]) -> "pd.DataFrame":
    """Registers and anchors as one frame: a body stands once, whatever names and registers it has."""
    import pandas as pd

    bodies = merge_bodies(_registered(registered), [anchor_of(spec) for spec in specs])
    rows = [{**body.__dict__, "aliases": LIST_SEPARATOR.join(body.aliases)} for body in bodies]
    return pd.DataFrame(rows)


def curation(specs: Sequence[Publisher]) -> list[str]:
    """What the rows depend on besides the registers: equal texts, equal rows."""
    anchors = [json.dumps(anchor_of(spec).__dict__, default=str) for spec in specs]
    return [*anchors, json.dumps(_curated_aliases())]


def _registered(frames: "Iterable[pd.DataFrame]") -> Iterator[PublicBody]:
    for frame in frames:
        for row in frame.itertuples(index=False):
            yield _body(*map(str, row))


def _body(
    entity_id: str, name: str, body_type: str, aliases: str, postcode: str, _: str, since: str, until: str
) -> PublicBody:
    """A register's row. Which bodies are anchors of ours only the specs say."""
    other_names = tuple(alias for alias in aliases.split(LIST_SEPARATOR) if alias)
    dates = _whole_date(since, "-01-01"), _whole_date(until, "-12-31")
    return PublicBody(
        entity_id, name.strip(), body_type, other_names, canonical_postcode(postcode), "", *dates
    )


def _whole_date(text: str, rest: str) -> str:
    """Registers give some dates as '2007' or '2006-12': the year's first or last day will do."""
    return text if len(text) == 10 or not text else text[:4] + rest


def anchor_of(spec: Publisher) -> PublicBody:
    """The body of a publisher spec."""
    return PublicBody(
        entity_id=spec.org_id,
        body_name=spec.name,
        body_type=spec.body_type,
        postcode=canonical_postcode(spec.postcode),
        publisher_id=spec.publisher_id,
        valid_from=spec.valid_from.isoformat(),
        valid_to=spec.valid_to.isoformat() if spec.valid_to else "",
    )


def merge_bodies(registered: Iterable[PublicBody], anchors: Sequence[PublicBody]) -> list[PublicBody]:
    """One row a body. Rows are one body when they share an org-id, or a name in the form it is compared in.

    Of a name held by a closed and an open body the open one stays. An anchor's own row always stays, under
    its own name and postcode; the names it absorbs become aliases.
    """
    open_first = sorted(registered, key=lambda body: body.valid_to != "")
    by_id: dict[str, PublicBody] = {}
    id_by_name: dict[tuple[str, str], str] = {}
    # of two anchors under one org-id (a body and its predecessor) the one valid longest stands
    for body in [*sorted(anchors, key=lambda body: body.valid_to or "9999", reverse=True), *open_first]:
        keys = _keys(body)
        known_as = (id_by_name[key] for key in keys if key in id_by_name)
        entity_id = body.entity_id if body.entity_id in by_id else next(known_as, body.entity_id)
        id_by_name.setdefault(keys[-1], entity_id)
        known = by_id.get(entity_id)
        by_id[entity_id] = _merged(known, body) if known else body
    return [_with_curated_aliases(body) for body in sorted(by_id.values(), key=lambda body: body.entity_id)]


def _keys(body: PublicBody) -> list[tuple[str, str]]:
    """(Name, postcode or '') under which a body may be known already; the last one is its own."""
    key = names.body_key(body.body_name)
    if body.publisher_id or body.body_type not in PLACE_BOUND:
        return [(key, "")]
    own = (key, body.postcode or body.entity_id)
    return [(key, ""), own] if body.body_type in ("college", "university") else [own]


def _merged(known: PublicBody, other: PublicBody) -> PublicBody:
    return replace(
        known,
        aliases=(*known.aliases, other.body_name, *other.aliases),
        postcode=known.postcode or other.postcode,
        valid_from=known.valid_from or other.valid_from,
    )


def _with_curated_aliases(body: PublicBody) -> PublicBody:
    curated = _curated_aliases()
    added = [*curated.get(body.entity_id, []), *curated.get(body.publisher_id, [])]
    by_form = {names.body_key(alias): alias for alias in reversed([*body.aliases, *added])}
    by_form.pop(names.body_key(body.body_name), None)
    return replace(body, aliases=tuple(sorted(by_form.values())))


@cache
def _curated_aliases() -> dict[str, list[str]]:
    """Reviewed names of bodies, by org-id or publisher_id."""
    text = resources.files("anchor_spend").joinpath("data", "body_aliases.csv").read_text(encoding="utf-8")
    by_body: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        by_body.setdefault(row["body"], []).append(row["alias"])
    return by_body
