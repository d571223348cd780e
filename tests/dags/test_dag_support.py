"""What the DAGs share: requests from parameters and events, and which errors are not retried."""

from dataclasses import asdict
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException

from anchor_spend.dag_support import announcement, final_errors, request_of, triggering_params
from anchor_spend.errors import AnchorSpendError, DatabaseError, FetchError, ReleaseError, SpecError
from anchor_spend.records import RunRequest

ASKED = {
    "source": "archive",
    "archive": "/data/files",
    "publishers": ["a_council"],
    "first": "2017-04",
    "last": "",
}


def test_a_request_survives_parameters_and_events() -> None:
    request = RunRequest("archive", "/data/files", ("a_council",), "2017-04", "")
    assert request_of(ASKED) == request
    assert request_of(announcement(ASKED, counts={})["request"]) == request
    assert request_of(asdict(request)) == request


def test_the_newest_event_decides_and_a_person_without_one() -> None:
    def event(day: int, source: str) -> SimpleNamespace:
        extra = announcement({**ASKED, "source": source})
        return SimpleNamespace(timestamp=datetime(2026, 11, day, tzinfo=UTC), extra=extra)

    events = {"files": [event(1, "sample"), event(3, "live")], "reference": [event(2, "archive")]}
    assert triggering_params(ASKED, events)["source"] == "live"
    assert triggering_params(ASKED, {}) == ASKED


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (FetchError("timed out", is_transient=True), FetchError),
        (FetchError("404", is_transient=False), AirflowFailException),
        (DatabaseError("down"), DatabaseError),
        (SpecError("unknown key"), AirflowFailException),
        (ReleaseError("refused"), AirflowFailException),
        (KeyError("a fault of ours"), KeyError),
    ],
)
def test_only_what_may_pass_is_retried(error: Exception, raised: type[Exception]) -> None:
    with pytest.raises(raised, match=str(error).strip("'")), final_errors():
        raise error


def test_every_named_error_is_of_one_family() -> None:
    assert issubclass(FetchError, AnchorSpendError)
