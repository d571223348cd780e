"""Has the engine, as it ships, become worse? Name by name against what was kept, so that noise can be told.

In: labels, the register, a file of what was right and what was wrong when it was kept (a bit a name, names
as published and cut). Out: what fell. Precision has fallen where more names have become wrong than have
ceased to be, recall where fewer are found, each by more than two standard errors of such a count (the
square root of all names that changed). Refuses figures kept for other labels. Prints counts only.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anchor_spend.resolution import files
from anchor_spend.resolution.building import build
from anchor_spend.resolution.deciding import resolve_with
from anchor_spend.resolution.index import Index
from measuring import own
from measuring.labelled import Flags, Labels, read_labels

ERRORS = 2.0


def check(labels_file: Path, register: Path, kept_file: Path, keep: bool = False) -> str | None:
    """What fell, as text; None where nothing did. With `keep` the figures are written instead."""
    measured = measure(labels_file, register)
    if keep:
        kept_file.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
        return None
    fallen = compare(json.loads(kept_file.read_text(encoding="utf-8")), measured)
    return "\n".join(fallen) or None


def measure(labels_file: Path, register: Path) -> dict[str, Any]:
    """The engine as it ships, names only."""
    found = decide(build(files.register_of(register)), read_labels(labels_file))
    return {"labels": hashlib.sha256(labels_file.read_bytes()).hexdigest(), **found}


def decide(index: Index, labels: Labels) -> dict[str, Any]:
    """What comes of names as published and cut."""
    found = {}
    for width in own.WIDTHS:
        decisions = resolve_with(index, own.queries_of(labels.cut(width), width), [])
        name = "as published" if width is None else f"cut at {width}"
        found[name] = outcome(own.accepted(decisions), labels)
    return found


def outcome(accepted: Any, labels: Labels) -> dict[str, Any]:
    """Precision and recall, and which names are right and which wrong."""
    taken = accepted != ""
    is_right = taken & (accepted == labels.truth)
    return {
        "precision": round(float(is_right.sum() / max(taken.sum(), 1)), 4),
        "recall": round(float(is_right.sum() / labels.has_answer.sum()), 4),
        "right": _packed(is_right),
        "wrong": _packed(taken & ~is_right),
    }


def _packed(flags: Flags) -> str:
    return np.packbits(flags).tobytes().hex()


def _unpacked(text: str) -> Flags:
    return np.unpackbits(np.frombuffer(bytes.fromhex(text), dtype=np.uint8)).astype(bool)


def compare(kept: dict[str, Any], measured: dict[str, Any]) -> Sequence[str]:
    """A line for each figure that fell by more than noise."""
    if kept["labels"] != measured["labels"]:
        return ["The figures were kept for other labels: keep them anew with --keep."]
    lists = [name for name in kept if name != "labels"]
    return [
        f"{name}: {figure} was {kept[name][figure]:.4f} and is {measured[name][figure]:.4f} "
        f"({worse} names became worse, {better} better)"
        for name in lists
        for figure, bits, sign in (("precision", "wrong", 1), ("recall", "right", -1))
        for worse, better in [_changes(kept[name][bits], measured[name][bits], sign)]
        if worse - better > ERRORS * math.sqrt(worse + better)
    ]


def _changes(before: str, after: str, sign: int) -> tuple[int, int]:
    """How many names became worse and how many better; `sign` 1 where a set bit is bad."""
    was, is_now = _unpacked(before), _unpacked(after)
    gained, lost = int((is_now & ~was).sum()), int((was & ~is_now).sum())
    return (gained, lost) if sign > 0 else (lost, gained)
