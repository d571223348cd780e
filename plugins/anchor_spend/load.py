"""One conformed file into `landing`, in one transaction.

In: a landed file, its conformed rows and its publisher. Out: COPYed payments and set-aside rows, new
suppliers, the VAT and charity numbers printed beside them, and the ledger row 'accepted' with the earlier
version superseded. Killed at any point, nothing of it is seen.
Refuses a file whose conservation equation does not close (ledger.accept, and a database constraint).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql

from anchor_spend import database, ledger, names
from anchor_spend.records import ConformedFile, LandedFile
from anchor_spend.spec import Publisher, Stream, spec_sha256

_PAYMENT_COLUMNS = [
    "file_id", "sheet", "row_number", "publisher_id", "stream", "period", "payment_date", "date_basis",
    "amount_gbp", "vat_basis", "supplier_key", "is_redacted", "supplier_ref", "department", "category",
    "description", "transaction_ref",
]  # fmt: skip
_ASIDE_COLUMNS = [
    "file_id", "is_rejected", "sheet", "row_number", "rule", "column_name", "detail", "amount_gbp",
]  # fmt: skip
_SUPPLIER_COLUMNS = ["supplier_key", "supplier_name", "company_number", "postcode", "name_cut_at"]
_SCHEMES = {"vat_number": "vat", "charity_number": "charity"}


def load_file(landed: LandedFile, conformed: ConformedFile, publisher: Publisher) -> None:
    """Load one file as role loader; the whole of it or nothing."""
    stream = publisher.streams[landed.stream]  # type: ignore[index]
    payments = with_supplier_keys(conformed.payments)
    with database.connect("loader") as connection:
        ledger.lock_identity(connection, landed.file_id)
        if _is_loaded(connection, landed.file_id):  # it counted before, and is published again
            ledger.accept_again(connection, landed.file_id)
            return
        _add_suppliers(connection, landed.file_id, _suppliers(payments, stream))
        _add_identifiers(connection, landed.file_id, _identifiers(payments))
        _copy(connection, "payments", _PAYMENT_COLUMNS, _payment_rows(payments, landed, publisher, stream))
        _copy(connection, "set_aside", _ASIDE_COLUMNS, _aside_rows(conformed, landed.file_id))
        spec = spec_sha256(publisher.publisher_id)
        ledger.accept(connection, landed.file_id, conformed, spec_sha256=spec)


def with_supplier_keys(payments: pd.DataFrame) -> pd.DataFrame:
    """The payments with a supplier_key column; None where the name is blank or redacted."""
    identity = ["supplier_name", "supplier_company_number", "supplier_postcode"]
    named = payments["supplier_name"].notna() & ~payments["is_redacted"].astype(bool)
    distinct = payments.loc[named, identity].drop_duplicates()
    cells = [[_text(cell) for cell in row] for row in distinct.itertuples(index=False)]
    distinct = distinct.assign(supplier_key=[names.supplier_key(*row) for row in cells])
    keyed = payments.reset_index(drop=True).merge(distinct, on=identity, how="left")
    keyed.loc[~named.to_numpy(), "supplier_key"] = None
    return keyed


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _none(value: Any) -> Any:
    return None if pd.isna(value) else value


def _gbp(pence: int) -> Decimal:
    return Decimal(int(pence)).scaleb(-2)


def _suppliers(payments: pd.DataFrame, stream: Stream) -> list[tuple[Any, ...]]:
    known = payments.dropna(subset=["supplier_key"]).drop_duplicates("supplier_key")
    columns = known[["supplier_key", "supplier_name", "supplier_company_number", "supplier_postcode"]]
    limit = stream.format.name_cut_at
    return [
        (key, name, _text(number), _text(postcode), limit if names.is_possibly_cut(name, limit) else None)
        for key, name, number, postcode in columns.itertuples(index=False)
    ]


def _add_suppliers(connection: psycopg.Connection[Any], file_id: int, rows: list[tuple[Any, ...]]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, _SUPPLIER_COLUMNS))
    statement = (
        "create temporary table new_suppliers on commit drop as select {} from landing.suppliers limit 0"
    )
    connection.execute(sql.SQL(statement).format(columns))
    _copy(connection, "new_suppliers", _SUPPLIER_COLUMNS, rows, schema="pg_temp")
    # in key order: two files loading at once must not wait for each other in a circle
    connection.execute(
        """insert into landing.suppliers
               (is_synthetic, supplier_key, supplier_name, company_number, postcode, name_cut_at)
           select f.is_synthetic, n.supplier_key, n.supplier_name, n.company_number, n.postcode, n.name_cut_at
           from new_suppliers n cross join landing.file_versions f
           where f.file_id = %s order by n.supplier_key
           on conflict do nothing""",
        [file_id],
    )


def _identifiers(payments: pd.DataFrame) -> list[tuple[str, str, str]]:
    """(supplier_key, scheme, number) of each number printed beside a supplier that is named.

    They are no part of the key: a supplier stays the same whether or not a file prints them.
    """
    known = payments.dropna(subset=["supplier_key"])
    return sorted(
        (key, scheme, number)
        for column, scheme in _SCHEMES.items()
        for key, number in known[["supplier_key", column]].dropna().drop_duplicates().itertuples(index=False)
    )


def _add_identifiers(
    connection: psycopg.Connection[Any], file_id: int, rows: list[tuple[str, str, str]]
) -> None:
    if not rows:
        return
    connection.execute("create temporary table printed (key text, scheme text, number text) on commit drop")
    _copy(connection, "printed", ["key", "scheme", "number"], rows, schema="pg_temp")
    connection.execute(
        """insert into landing.supplier_identifiers (is_synthetic, supplier_key, scheme, identifier)
           select f.is_synthetic, p.key, p.scheme, p.number
           from printed p cross join landing.file_versions f
           where f.file_id = %s order by p.key, p.scheme, p.number
           on conflict do nothing""",
        [file_id],
    )


def _payment_rows(
    payments: pd.DataFrame, landed: LandedFile, publisher: Publisher, stream: Stream
) -> Iterable[tuple[Any, ...]]:
    head = (landed.publisher_id, landed.stream, landed.period)
    vat_basis = publisher.vat_basis_of(landed.stream, landed.period)
    row: Any  # a namedtuple of the frame's columns
    for row in payments.itertuples(index=False):
        yield (
            landed.file_id, row.sheet, int(row.row_number), *head, row.payment_date, stream.date_basis,
            _gbp(row.amount_pence), vat_basis, _none(row.supplier_key), bool(row.is_redacted),
            _none(row.supplier_ref), _none(row.department), _none(row.category), _none(row.description),
            _none(row.transaction_ref),
        )  # fmt: skip


def _aside_rows(conformed: ConformedFile, file_id: int) -> Iterable[tuple[Any, ...]]:
    row: Any
    for is_rejected, frame in ((True, conformed.rejected), (False, conformed.excluded)):
        for row in frame.itertuples(index=False):
            cells = (row.sheet, int(row.row_number), row.rule, _text(row.column), _text(row.detail))
            yield (file_id, is_rejected, *cells, _gbp(row.amount_pence))


def _is_loaded(connection: psycopg.Connection[Any], file_id: int) -> bool:
    """A version's rows are loaded once and never change: releases refer to them."""
    found = connection.execute(
        """select exists (select from landing.payments where file_id = %(id)s)
               or exists (select from landing.set_aside where file_id = %(id)s)""",
        {"id": file_id},
    ).fetchone()
    return bool(found and found[0])


def _copy(
    connection: psycopg.Connection[Any],
    table: str,
    columns: list[str],
    rows: Iterable[tuple[Any, ...]],
    schema: str = "landing",
) -> None:
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(schema, table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
