"""Where a request finds its publishers and its registers."""

import difflib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from anchor_spend.errors import SettingsError
from anchor_spend.records import RunRequest
from anchor_spend.settings import load_settings

SAMPLE_ENDS = "2019-06"


def publisher_ids(asked: Sequence[str] = ()) -> list[str]:
    """The publishers asked for, or every one with a spec; SettingsError names an unknown id's nearest.

    Goes by file names: a spec that cannot be read must fail its own publisher and no other.
    """
    known = sorted(path.stem for path in load_settings().publishers.glob("*.yml"))
    for name in asked:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
            raise SettingsError(f"There is no publisher {name!r}. {hint}")
    return sorted(set(asked)) or known


def sample_folder() -> Path:
    """The synthetic county: its files, inbox, register and truth."""
    return load_settings().home / "sample"


def bounded(request: RunRequest) -> RunRequest:
    """The request with the end its source has: time stands still in the sample county shortly after its last
    files, so that bodies founded later are not asked for any."""
    return replace(request, last=request.last or SAMPLE_ENDS) if request.is_synthetic else request


def reference_folder(request: RunRequest) -> Path:
    """The registers a run loads: the sample's own, else as reference.reference_folder says."""
    if request.is_synthetic:
        return sample_folder() / "reference"
    from anchor_spend import reference

    return reference.reference_folder(request)
