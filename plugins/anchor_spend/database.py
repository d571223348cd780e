"""Connections, least-privilege roles and the schema.

Python writes through the role of its step (loader, transformer, publisher); analysts read `published` as
`anchor_analyst`. Role passwords come from ANCHOR_SPEND_<ROLE>_PASSWORD, else from <home>/secrets.json,
which is made on first use and readable by its owner only.
"""

import fcntl
import itertools
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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
_IDLE_SECONDS = 30  # a connection idle for longer may have been cut on its way, as firewalls do


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
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two first processes must agree on one secret
        known = json.loads(file.read() or "{}")
        if name not in known:
            known[name] = secrets.token_urlsafe(32)
            file.seek(0)
            file.write(json.dumps(known, indent=1))
            file.flush()
            os.fsync(file.fileno())
    return str(known[name])


def _role_password(role: Role) -> str:
    return secret(f"{role}_password")


_Connection = psycopg.Connection[Any]
_Idle = dict[Role | None, list[tuple[_Connection, float]]]  # and since when
_kept: ContextVar[_Idle | None] = ContextVar("_kept", default=None)


@contextmanager
def connect(role: Role | None = None, *, autocommit: bool = False) -> Iterator[_Connection]:
    """A connection as a role (None: the schema's owner); one transaction unless `autocommit`.

    DatabaseError, without the password, when the server cannot be reached.
    """
    kept = _kept.get()
    if kept is None or autocommit:  # one without transactions may hold locks until it ends
        with _open(role, autocommit) as connection:
            yield connection
        return
    connection = _idle_connection(kept, role) or _open(role, autocommit)
    try:
        yield connection
        connection.commit()
    except BaseException:
        connection.close()
        raise
    kept.setdefault(role, []).append((connection, time.monotonic()))


@contextmanager
def connections_kept() -> Iterator[None]:
    """Inside, a connection that has been used is handed to the next that asks for one of its role.

    For many short transactions one after the other: making a connection costs more than most of them.
    """
    kept: _Idle = {}
    before = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(before)
        for connection, _ in itertools.chain(*kept.values()):
            connection.close()


def _idle_connection(kept: _Idle, role: Role | None) -> _Connection | None:
    while idle := kept.get(role):
        connection, since = idle.pop()
        if time.monotonic() - since < _IDLE_SECONDS:
            return connection
        connection.close()
    return None


def _open(role: Role | None, autocommit: bool) -> _Connection:
    url = role_url(role) if role else owner_url()
    try:
        return psycopg.connect(url, autocommit=autocommit, connect_timeout=10)
    except psycopg.OperationalError as error:
        parts = urlsplit(url)
        raise DatabaseError(
            f"PostgreSQL at {parts.hostname}:{parts.port or 5432} cannot be used as {parts.username}: "
            f"{str(error).strip()}\nCheck that it runs (`anchor-spend up`, or your DATABASE_URL)."
        ) from error


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
        _check_grants(connection)


def _check_grants(connection: psycopg.Connection[Any]) -> None:
    """PostgreSQL only warns when a grant is not in its giver's power."""
    row = connection.execute(
        "select has_database_privilege('anchor_transformer', current_database(), 'CREATE')"
    ).fetchone()
    if not (row and row[0]):
        raise DatabaseError(
            "The user of DATABASE_URL must own its database: it could not let anchor_transformer create the "
            "schema of a release. Use a database of its own, owned by that user."
        )


def _make_roles(connection: psycopg.Connection[Any]) -> None:
    """Roles that can already log in stay as they are, so an administrator may have made them."""
    known = {name for (name,) in connection.execute("select rolname from pg_roles")}
    for role in ROLES:
        name = f"anchor_{role}"
        if name in known and _can_log_in(role):
            continue
        verb = sql.SQL("alter" if name in known else "create")
        # hashed here: a statement may be logged
        secret_hash = connection.pgconn.encrypt_password(_role_password(role).encode(), name.encode())
        statement = sql.SQL("{} role {} login password {}").format(
            verb, sql.Identifier(name), sql.Literal(secret_hash.decode())
        )
        try:
            connection.execute(statement)
            if role == "airflow":
                connection.execute("alter role anchor_airflow set search_path = airflow")
        except psycopg.errors.InsufficientPrivilege as error:
            raise DatabaseError(
                f"The user of DATABASE_URL may not make the role {name}. Grant it CREATEROLE, or let an "
                f"administrator create {', '.join('anchor_' + r for r in ROLES)} with the passwords in "
                "ANCHOR_SPEND_<ROLE>_PASSWORD, and: alter role anchor_airflow set search_path = airflow."
            ) from error


def _can_log_in(role: Role) -> bool:
    try:
        psycopg.connect(role_url(role), connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True
