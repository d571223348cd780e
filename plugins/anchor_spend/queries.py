"""Queries of the published release, as the analyst role: read only, `published` only, a time limit.

In: SQL. Out: column names and rows. Refuses anything that writes, or takes longer than allowed.
"""

import os
import subprocess
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg

from anchor_spend import database
from anchor_spend.errors import DatabaseError
from anchor_spend.postgres_server import binaries

_PATH = "published"


def run_query(query: str, seconds: int) -> tuple[list[str], list[tuple[Any, ...]]]:
    """One query's columns and rows; DatabaseError with PostgreSQL's own words when it fails."""
    with database.connect("analyst") as connection:
        connection.read_only = True
        connection.execute(f"set local search_path to {_PATH}".encode())
        connection.execute(f"set local statement_timeout to '{int(seconds)}s'".encode())
        try:
            # binary results take the extended protocol: one statement, so that nobody leaves read-only
            cursor = connection.execute(query.strip().rstrip(";").encode(), prepare=False, binary=True)
        except psycopg.errors.QueryCanceled as error:
            raise DatabaseError(
                f"The query took longer than {seconds} s. Raise it with --seconds."
            ) from error
        except psycopg.Error as error:
            raise DatabaseError(f"The query failed: {str(error).strip()}{_hint(error)}") from error
        if cursor.description is None:
            raise DatabaseError("The query returns no rows: only select is of use here.")
        return [column.name for column in cursor.description], cursor.fetchall()


def _hint(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.UndefinedTable):
        return "\nAnalysts see the views of schema published, once a release is published (anchor-spend run)."
    return ""


def prompt(seconds: int) -> None:
    """PostgreSQL's own prompt, as the analyst."""
    parts = urlsplit(database.role_url("analyst"))
    environment = {
        "PGPASSWORD": unquote(parts.password or ""),
        "PGOPTIONS": f"-c search_path={_PATH} -c default_transaction_read_only=on"
        f" -c statement_timeout={int(seconds)}s",
    }
    url = parts._replace(netloc=f"{parts.username}@{parts.netloc.rpartition('@')[2]}").geturl()
    subprocess.run([str(binaries() / "psql"), url], env={**os.environ, **environment}, check=False)
