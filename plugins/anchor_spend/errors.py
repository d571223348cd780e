"""The named errors of the pipeline. Each carries a sentence that says what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class AnchorSpendError(Exception):
    """Base of every error a person is meant to read; printed in one block, without a traceback."""


class SpecError(AnchorSpendError):
    """A publisher spec is not well formed (names the file, the key and the nearest valid key)."""


class SettingsError(AnchorSpendError):
    """An environment variable, option or folder cannot be used."""


class DatabaseError(AnchorSpendError):
    """PostgreSQL cannot be reached, or the role used lacks a right."""


class DiscoverError(AnchorSpendError):
    """A listing page, inbox or archive folder cannot be read or shows no files."""


class FetchError(AnchorSpendError):
    """A file or page could not be fetched; `is_transient` says whether a retry may help.

    `status` is the HTTP status, where there was an answer.
    """

    def __init__(self, message: str, *, is_transient: bool, status: int | None = None) -> None:
        super().__init__(message)
        self.is_transient, self.status = is_transient, status


class LandingError(AnchorSpendError):
    """Bytes in the landing store are missing, too large or no longer match their hash."""


class GateError(AnchorSpendError):
    """A gate could not be run: its suite, or the facts it judges, are not as they must be."""


class ReferenceDataError(AnchorSpendError):
    """A register is missing, or a file of one is in no known layout."""


class RefusedRegistersError(ReferenceDataError):
    """Files or registers were refused, after all others were brought up to date.

    `outcomes` is what became of each dataset.
    """

    def __init__(self, refused: Sequence[ReferenceDataError], outcomes: Mapping[Any, str]) -> None:
        self.outcomes = outcomes
        listed = "\n".join(f"- {error}" for error in refused)
        super().__init__(f"Registers were refused; everything else is up to date.\n{listed}")


class ReviewError(AnchorSpendError):
    """A file of reviewed decisions cannot be read, or a row of it cannot be taken."""


class ReleaseError(AnchorSpendError):
    """A release cannot be built, published or rolled back."""


class AirflowError(AnchorSpendError):
    """Airflow cannot be started or reached, or refuses a request."""


class CheckError(AnchorSpendError):
    """The check of a file before it is published failed through a fault of ours."""


class RunError(AnchorSpendError):
    """A run of the pipeline ended without a release."""


@dataclass(frozen=True)
class Place:
    """Where in a file something was found; empty parts are left out of the message."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file and f"file {self.file}", self.sheet and f"sheet {self.sheet}"]
        parts += [f"row {self.row}" if self.row else "", self.column and f"column {self.column!r}"]
        return ", ".join(part for part in parts if part)


class UnreadableFileError(AnchorSpendError):
    """A file is not what its spec says, as a whole: type, encoding, headers, dates.

    `rule` is a stable name (see the rule catalogue), `remedy` what a person can do about it. The message
    never contains a cell value: it may be shown in logs and sent to the publisher.
    """

    def __init__(self, rule: str, detail: str, remedy: str, place: Place | None = None) -> None:
        self.rule, self.detail, self.remedy, self.place = rule, detail, remedy, place or Place()
        where = f"{self.place}: " if str(self.place) else ""
        super().__init__(f"{where}[{rule}] {detail} What to do: {remedy}")
