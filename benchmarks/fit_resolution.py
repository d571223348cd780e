"""Fit what each piece of evidence adds to the odds of a match, and report it on names it was not fitted to.

    python benchmarks/fit_resolution.py LABELS.csv REGISTER.parquet LARGE.parquet [--write]

LABELS has query_name and true_company_number ('' where none is right); REGISTER has company_number,
company_name, previous_names, postcode; LARGE is what large_register.py makes of it: each has coefficients of
its own. A conditional logit over the candidates of a name and 'none of them', with a ridge penalty, on the
names as published and on those that a cut at 30 characters shortens. Numbers, postcodes and statuses of the
registers are not looked at. Reported cross-fitted: two halves by a hash of the company number (of the name
where no company is right), each judged by the other half's coefficients and threshold. --write fits once more
on all and writes data/resolution_model.json. Prints counts and coefficients, never a name.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize

from anchor_spend import names
from anchor_spend.resolution import asking, candidates, evidence, files, index, model
from anchor_spend.resolution.identifiers import COMPANY_PREFIX

PENALTY = 0.3  # of coefficients in standard deviations of their evidence
CUT = 30
ACCEPTED = 0.97  # precision on names the coefficients were not fitted to
REVIEW = 0.2  # one in five: worth the time of a person
ROUNDS = 2  # the best reading of each company is chosen anew with the coefficients of the round before
MODEL = Path(__file__).parents[1] / "plugins" / "anchor_spend" / "data" / "resolution_model.json"
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass
class Cases:
    """Names with their candidates' evidence; one row of the arrays for each pair, `owner` says whose."""

    table: Floats
    owner: npt.NDArray[np.int64]
    company: npt.NDArray[np.int64]
    is_right: Flags
    none: Floats  # one row for each name
    weight: Floats
    is_open: Flags  # names that are matched at all: no person's, nothing redacted


def main() -> None:
    """Fit, report, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path)
    parser.add_argument("register", type=Path)
    parser.add_argument("large", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    labels = pd.read_csv(given.labels, dtype=str, keep_default_na=False)
    published, truth = labels["query_name"].tolist(), labels["true_company_number"].to_numpy(dtype=str)
    half = halves(published, truth)
    truth = np.where(truth != "", np.char.add(COMPANY_PREFIX, truth), "")
    fitted = []
    for path in (given.register, given.large):
        built = files.open_register(path)
        parts = whole_and_cut(built, published, truth)
        judged = cross_fitted(parts, half)
        for label, found in zip(("as published", "cut at 30"), judged, strict=True):
            report(f"{built.size} names, {label}", *found, truth != "", half)
        accept = threshold(*judged[0], ACCEPTED)
        fitted.append(as_written(fit(parts, np.ones(len(truth), dtype=bool)), accept, built.size))
    if given.write:
        write(fitted, len(truth))


def whole_and_cut(
    built: index.Index, published: list[str], truth: npt.NDArray[np.str_]
) -> tuple[Cases, Cases]:
    """Names as published, and cut: of these only those that a cut shortens count in the fit."""
    is_shortened = np.array([len(name) > CUT for name in published])
    whole = cases_of(built, published, truth, None, np.ones(len(published)))
    cut_names = [name[:CUT].strip() for name in published]
    return whole, cases_of(built, cut_names, truth, CUT, is_shortened.astype(float))


def halves(published: list[str], truth: npt.NDArray[np.str_]) -> npt.NDArray[np.int64]:
    """0 or 1 by a hash of the company's number, of the name where there is none."""
    keys = [number or names.normalise_name(name) for number, name in zip(truth, published, strict=True)]
    return np.array([int(hashlib.sha256(f"half {key}".encode()).hexdigest(), 16) % 2 for key in keys])


def cases_of(
    built: index.Index, published: list[str], truth: npt.NDArray[np.str_], cut_at: int | None, weight: Floats
) -> Cases:
    """The candidates of names, and which is right."""
    asked = asking.ask(built, published, [cut_at] * len(published))
    pairs = candidates.find(asked, built)
    owner, company = asked.names[pairs.readings], built.entity_of[pairs.names].astype(np.int64)
    hidden = [names.payee_kind(name) == "person" or names.is_redacted(name) for name in published]
    return Cases(
        evidence.weigh(asked, built, pairs),
        owner,
        company,
        built.entity_ids[company].astype(str) == truth[owner],
        np.array([model.name_evidence(name) for name in published]),
        weight,
        ~np.array(hidden),
    )


def best_rows(cases: Cases, coefficients: Floats) -> npt.NDArray[np.int64]:
    """One row for each name and company: its best reading and name."""
    odds = cases.table @ coefficients
    order = np.lexsort((-odds, cases.company, cases.owner))
    keys = cases.owner[order] * 2**32 + cases.company[order]
    return np.sort(order[np.flatnonzero(np.diff(keys, prepend=-1))])


def fit(parts: Sequence[Cases], is_used: Flags) -> Floats:
    """Coefficients of the candidates' evidence, then of 'none'."""
    width = len(evidence.COLUMNS)
    start = np.zeros(width)
    for name in ("rarest_shared", "all_equal", "alike>0.8"):
        start[evidence.COLUMNS.index(name)] = 1
    start[[evidence.COLUMNS.index(name) for name in ("lost_ours", "lost_theirs")]] = -0.2
    fitted = np.concatenate([start, np.zeros(len(model.NAME_COLUMNS))])
    for _ in range(ROUNDS):
        fitted = _fit_once(parts, is_used, fitted[:width])
    return fitted


def _fit_once(parts: Sequence[Cases], is_used: Flags, chosen_by: Floats) -> Floats:
    rows = [best_rows(part, chosen_by) for part in parts]
    count, width = len(is_used), len(chosen_by)
    table = np.vstack([part.table[row] for part, row in zip(parts, rows, strict=True)])
    owner = np.concatenate(
        [part.owner[row] + i * count for i, (part, row) in enumerate(zip(parts, rows, strict=True))]
    )
    right = np.concatenate([part.is_right[row] for part, row in zip(parts, rows, strict=True)])
    none = np.vstack([part.none for part in parts])
    weight = np.concatenate([part.weight * (is_used & part.is_open) for part in parts])
    scale = np.concatenate([_spread(table), _spread(none)])
    table, none = table / scale[:width], none / scale[width:]
    is_found = np.zeros(len(none), dtype=bool)
    is_found[owner[right]] = True

    def loss(values: Floats) -> tuple[float, Floats]:
        chance, nothing = model.probabilities(table @ values[:width], none @ values[width:], owner)
        found = weight[owner[right]] @ np.log(np.maximum(chance[right], 1e-12))
        missed = weight[~is_found] @ np.log(np.maximum(nothing[~is_found], 1e-12))
        slope = table.T @ ((right - chance) * weight[owner]), none.T @ ((~is_found - nothing) * weight)
        return -found - missed + PENALTY / 2 * values @ values, PENALTY * values - np.concatenate(slope)

    fitted: Floats = minimize(
        loss, np.zeros(width + none.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}
    ).x
    return fitted / scale


def _spread(table: Floats) -> Floats:
    """Standard deviations of columns, 1 for one that is always the same."""
    deviations = table.std(axis=0)
    return np.where(deviations > 0, deviations, 1.0)


def judge(cases: Cases, fitted: Floats) -> tuple[Floats, Flags]:
    """For each name the probability of its best candidate, and whether that is right."""
    width = len(evidence.COLUMNS)
    rows = best_rows(cases, fitted[:width])
    owner = cases.owner[rows]
    chance, _ = model.probabilities(cases.table[rows] @ fitted[:width], cases.none @ fitted[width:], owner)
    order = np.lexsort((-chance, owner))
    best = order[np.flatnonzero(np.diff(owner[order], prepend=-1))]
    highest, is_right = np.zeros(len(cases.none)), np.zeros(len(cases.none), dtype=bool)
    highest[owner[best]], is_right[owner[best]] = chance[best], cases.is_right[rows][best]
    highest[~cases.is_open] = 0
    return highest, is_right & cases.is_open


def cross_fitted(parts: Sequence[Cases], half: npt.NDArray[np.int64]) -> list[tuple[Floats, Flags]]:
    """As judge, for each of the parts, each half with the other half's coefficients."""
    fitted = [fit(parts, half != part) for part in (0, 1)]
    return [_by_halves([judge(cases, values) for values in fitted], half) for cases in parts]


def _by_halves(judged: Sequence[tuple[Floats, Flags]], half: npt.NDArray[np.int64]) -> tuple[Floats, Flags]:
    (chance, right), (other_chance, other_right) = judged
    return np.where(half == 0, chance, other_chance), np.where(half == 0, right, other_right)


def threshold(chance: Floats, right: Flags, precision: float) -> float:
    """The least probability at which so many of those accepted are right."""
    order = np.argsort(-chance)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero((share >= precision) & (chance[order] > 0))
    return float(chance[order][good[-1]]) if len(good) else 1.0


def best_f1_threshold(chance: Floats, right: Flags, has_answer: Flags) -> float:
    """The probability at which F1 is highest."""
    order = np.argsort(-chance)
    f1 = 2 * np.cumsum(right[order]) / (np.arange(1, len(order) + 1) + has_answer.sum())
    return float(chance[order][f1.argmax()])


def report(label: str, chance: Floats, right: Flags, has_answer: Flags, half: npt.NDArray[np.int64]) -> None:
    """Precision and recall at thresholds chosen on the other half."""
    goals = {"best F1": None, "precision 0.99": 0.99, "precision 0.97": 0.97}
    for goal, precision in goals.items():
        accepted = np.zeros(len(half), dtype=bool)
        for part in (0, 1):
            there = half != part
            least = (
                best_f1_threshold(chance[there], right[there], has_answer[there])
                if precision is None
                else threshold(chance[there], right[there], precision)
            )
            accepted |= (half == part) & (chance >= least) & (chance > 0)
        hits = int((accepted & right).sum())
        share, recall = hits / max(int(accepted.sum()), 1), hits / int(has_answer.sum())
        f1 = 2 * share * recall / (share + recall)
        print(f"{label:28} {goal:15} precision {share:.4f} recall {recall:.4f} F1 {f1:.4f}")


def as_written(fitted: Floats, accept: float, size: int) -> dict[str, Any]:
    """The coefficients for a register of so many names."""
    width = len(evidence.COLUMNS)
    return {
        "names": size,
        "accept": round(accept, 3),
        "none": dict(zip(model.NAME_COLUMNS, fitted[width:].round(3).tolist(), strict=True)),
        "candidate": dict(zip(evidence.COLUMNS, fitted[:width].round(3).tolist(), strict=True)),
    }


def write(fitted: Sequence[dict[str, Any]], count: int) -> None:
    """The model as reviewed data."""
    how = f"benchmarks/fit_resolution.py, {count} labelled names as published and cut at {CUT}"
    content = {"how": how, "review": REVIEW, "fitted": fitted}
    MODEL.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
