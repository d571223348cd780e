"""Where things are, read from the environment. Nothing here starts or opens anything."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from anchor_spend.errors import SettingsError

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    """`home` keeps everything between runs; `database_url` is '' for the embedded PostgreSQL."""

    home: Path
    database_url: str
    landing_url: str
    publishers: Path
    contact: str

    @property
    def inbox(self) -> Path:
        """Where partners without a web page drop files: <inbox>/<publisher_id>/."""
        return self.home / "inbox"

    @property
    def reports(self) -> Path:
        return self.home / "reports"


def _folder(name: str, default: Path) -> Path:
    path = Path(os.environ.get(name) or default).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise SettingsError(f"{name} is {path}, which is not a folder. Point it at a folder.")
    return path


def _database_url() -> str:
    url = os.environ.get("DATABASE_URL", "")
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme in ("postgresql", "postgres") and (parts.port or 5432) and parts.path[1:]
    except ValueError:
        is_sound = False
    if url and not is_sound:  # without quoting it: it holds a password
        raise SettingsError("DATABASE_URL must read postgresql://USER:PASSWORD@HOST:PORT/DATABASE.")
    return url


@cache
def load_settings() -> Settings:
    """Settings of this process, from ANCHOR_SPEND_HOME, DATABASE_URL, ANCHOR_SPEND_LANDING,
    ANCHOR_SPEND_PUBLISHERS and ANCHOR_SPEND_CONTACT."""
    home = _folder("ANCHOR_SPEND_HOME", PROJECT / ".anchor-spend")
    return Settings(
        home=home,
        database_url=_database_url(),
        landing_url=os.environ.get("ANCHOR_SPEND_LANDING") or str(home / "landing"),
        publishers=_folder("ANCHOR_SPEND_PUBLISHERS", PROJECT / "plugins" / "publishers"),
        contact=os.environ.get("ANCHOR_SPEND_CONTACT", ""),
    )
