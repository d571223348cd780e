"""Mutual societies and their entries at Companies House, which lists them under numbers made of their own.

In: staged mutual societies and the companies that are loaded. Out: the staged societies' company numbers. The
FCA's 9991R may stand there as IP09991R, IP009991 or RS009991: an entry counts only where it begins with the
same name, so that a number put together here never makes two organisations one.
"""

import logging
from typing import Any

import psycopg

_log = logging.getLogger(__name__)
_SAME_START = 8  # letters and digits of the names
_LINK = """
    with societies as (
        select entity_id, substr(entity_id, 8) as number, {society_name} as compact_name
        from reference.staged_organisations
        where is_synthetic = %(is_synthetic)s and register = 'fca_mutuals' and company_number is null
    ),
    candidates as (
        select
            societies.entity_id,
            societies.compact_name,
            prefixes.prefix || lpad(forms.form, 6, '0') as company_number
        from societies
        cross join unnest(array['IP', 'RS', 'SP', 'NP', 'NO']) as prefixes (prefix)
        cross join lateral (
            values (societies.number), (regexp_replace(societies.number, '[^0-9]', '', 'g'))
        ) as forms (form)
        where length(forms.form) between 1 and 6
    ),
    found as (
        select distinct on (candidates.entity_id) candidates.entity_id, companies.company_number
        from candidates
        join reference.companies
            on companies.is_synthetic = %(is_synthetic)s
            and companies.company_number = candidates.company_number
        where left({company_name}, %(start)s) = left(candidates.compact_name, %(start)s)
        order by candidates.entity_id, companies.is_listed desc, companies.company_number desc
    )
    update reference.staged_organisations as staged
    set company_number = found.company_number
    from found
    where staged.is_synthetic = %(is_synthetic)s and staged.entity_id = found.entity_id"""
_COMPACT = "regexp_replace(regexp_replace(upper({name}), '^THE ', ''), '[^A-Z0-9]', '', 'g')"


def link_societies(connection: psycopg.Connection[Any], is_synthetic: bool) -> None:
    """Give staged societies the numbers under which Companies House lists them."""
    statement = _LINK.format(
        society_name=_COMPACT.format(name="organisation_name"),
        company_name=_COMPACT.format(name="companies.company_name"),
    )
    linked = connection.execute(
        statement.encode(), {"is_synthetic": is_synthetic, "start": _SAME_START}
    ).rowcount
    if linked:
        _log.info("%d mutual societies are companies by their numbers and names", linked)
