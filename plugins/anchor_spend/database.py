"""Connections, least-privilege roles and the schema.

Python writes through the role of its step (loader, transformer, publisher); analysts read `published` as
`anchor_analyst`. Role passwords come from ANCHOR_SPEND_<ROLE>_PASSWORD, else from <home>/secrets.json,
which is made on first use and readable by its owner only.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from anchor_spend.errors import DatabaseError
from anchor_spend.postgres_server import EmbeddedServer
from anchor_spend.settings import load_settings

Role = Literal["loader", "transformer", "publisher", "analyst", "airflow"]
ROLES: tuple[Role, ...] = ("loader", "transformer", "publisher", "analyst", "airflow")
_SCHEMA = Path(__file__).parent / "schema"
_MIGRATION_LOCK = 7205771  # any constant: two processes must not migrate at once


def embedded_server() -> EmbeddedServer:
    return EmbeddedServer(load_settings().home / "postgres")


def owner_url() -> str:
    """URL of the role that owns the schema: DATABASE_URL, or the embedded server's superuser."""
    url = load_settings().database_url
    return url.replace("postgres://", "postgresql://", 1) if url else embedded_server().url()


def role_url(role: Role) -> str:
    """The database's URL with a role's own name and password in it."""
    parts = urlsplit(owner_url())
    host = parts.netloc.rpartition("@")[2]
    netloc = f"anchor_{role}:{quote(_role_password(role), safe='')}@{host}"
    return urlunsplit(parts._replace(netloc=netloc))


def secret(name: str) -> str:
    """A generated secret kept in <home>/secrets.json (0600), or the environment's ANCHOR_SPEND_<NAME>."""
    from_environment = os.environ.get(f"ANCHOR_SPEND_{name.upper()}")
    if from_environment:
        return from_environment
    path = load_settings().home / "secrets.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(32)
        replacement = path.with_suffix(".new")
        replacement.touch(mode=0o600)
        replacement.write_text(json.dumps(known, indent=1))
        replacement.replace(path)
    return str(known[name])


def _role_password(role: Role) -> str:
    return secret(f"{role}_password")


@contextmanager
def connect(role: Role | None = None, *, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """A connection as a role (None: the schema's owner); one transaction unless `autocommit`.

    DatabaseError, without the password, when the server cannot be reached.
    """
    url = role_url(role) if role else owner_url()
    try:
        connection = psycopg.connect(url, autocommit=autocommit, connect_timeout=10)
    except psycopg.OperationalError as error:
        parts = urlsplit(url)
        raise DatabaseError(
            f"PostgreSQL at {parts.hostname}:{parts.port or 5432} cannot be used as {parts.username}: "
            f"{str(error).strip()}\nCheck that it runs (`anchor-spend up`, or your DATABASE_URL)."
        ) from error
    with connection:
        yield connection


def migrate() -> None:
    """Bring schema, roles and rights up to date; safe to call again and from several processes."""
    with connect() as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [_MIGRATION_LOCK])
        connection.execute("create schema if not exists quality")
        columns = "name text primary key, applied_at timestamptz"
        connection.execute(f"create table if not exists quality.migrations ({columns})")
        done = {name for (name,) in connection.execute("select name from quality.migrations")}
        for path in sorted(_SCHEMA.glob("*.sql")):
            if path.name not in done:
                connection.execute(path.read_text().encode())
                connection.execute("insert into quality.migrations values (%s, now())", [path.name])
        _make_roles(connection)
        connection.execute((_SCHEMA / "grants.psql").read_text().encode())


def _make_roles(connection: psycopg.Connection[Any]) -> None:
    known = {name for (name,) in connection.execute("select rolname from pg_roles")}
    for role in ROLES:
        name = sql.Identifier(f"anchor_{role}")
        verb = sql.SQL("alter" if f"anchor_{role}" in known else "create")
        password = sql.Literal(_role_password(role))
        statement = sql.SQL("{} role {} login password {}").format(verb, name, password)
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            raise DatabaseError(
                "The user of DATABASE_URL may not create roles. Grant it CREATEROLE, or let an administrator "
                f"create the login roles {', '.join('anchor_' + r for r in ROLES)} with the passwords set in "
                "ANCHOR_SPEND_<ROLE>_PASSWORD."
            ) from error
    connection.execute("alter role anchor_airflow set search_path = airflow")
