"""The figures as a page of documentation.

In: benchmarks/resolution_figures.json. Out: Markdown; the same figures give the same page. Nothing here is
typed but words.
"""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

NAMES = {
    "engine": "**Anchor Spend**",
    "exact": "exact, without legal form",
    "token_sort": "rapidfuzz token_sort, first-word blocks",
    "wratio": "rapidfuzz WRatio, first-word blocks",
    "tfidf": "TF-IDF 3-grams, sparse_dot_topn",
    "pg_trgm": "pg_trgm, GIN",
    "splink": "Splink 5, DuckDB, unsupervised",
}
WIDTHS = {
    "whole": "Names as published",
    "cut": "All names cut at 30 characters",
    "shortened": "Only the names that the cut shortens",
}
GROUPS = {
    "same": "equal to the register's name after normalisation",
    "hard": "differs after normalisation",
    "core": "differs beyond legal form and THE",
}


def rendered(figures: dict[str, Any]) -> str:
    """The page."""
    parts = [_intro(figures)]
    if "methods" in figures:
        parts += [_methods(figures), _cost(figures), _difficulty(figures), _curves(figures)]
    for name, section in SECTIONS.items():
        if name in figures:
            parts.append(section(figures[name]))
    return "\n\n".join(parts) + "\n"


def _intro(figures: dict[str, Any]) -> str:
    parts = [
        "# How well suppliers are resolved",
        _prose(
            """Printed by `benchmarks/resolve.py --write`; do not edit. Measured on labelled names of real
            publishers (payments that state a company number, names that academics checked by hand, and
            names that rightly have no company) against a register of half a million companies, **by names
            only**. Thresholds and the engine's coefficients always come from the other half of the labels
            (halves by a hash of the company number). Intervals are 95%, by drawing companies anew with
            all their names."""
        ),
    ]
    return "\n\n".join(
        [*parts, _given(figures["labels"], figures["machine"])] if "labels" in figures else parts
    )


def _given(labels: dict[str, Any], machine: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return _prose(
        f"""{labels["names"]:,} names, {labels["with_answer"]:,} with a right company
        ({labels["companies"]:,} companies): {labels["same"]:,} equal the register's name after
        normalisation, {labels["hard"]:,} differ, {labels["hard_core"]:,} of them beyond the legal form;
        a cut at 30 characters shortens {labels["shortened"]:,} names
        ({labels["shortened_with_answer"]:,} with a right company).
        The labels hold some mistakes (below), and the register is smaller than the national one, which
        flatters precision. {machine["cores"]} cores (load {machine["load"]} at
        the end), {machine["memory_gb"]} GB, Python
        {machine["python"]}; {packages}."""
    )


def _prose(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 110, break_long_words=False, break_on_hyphens=False)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(heads), ["---"] * len(heads), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _with_interval(figure: Sequence[float]) -> str:
    return f"{figure[0]:.3f} ({figure[1]:.3f}-{figure[2]:.3f})"


def _ordered(figures: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(NAMES[name], figures["methods"][name]) for name in NAMES if name in figures["methods"]]


def _methods(figures: dict[str, Any]) -> str:
    parts = []
    for width, title in WIDTHS.items():
        rows = [
            (name, *map(_with_interval, method[width]["best"]), _at_precision(method[width]["sure"]))
            for name, method in _ordered(figures)
        ]
        heads = ("method", "precision", "recall", "F1", "recall at precision 0.99 (precision had)")
        parts.append(f"## {title}\n\n{_table(heads, rows)}")
    return "\n\n".join(parts)


def _at_precision(sure: Sequence[Sequence[float]]) -> str:
    return f"{_with_interval(sure[1])} ({sure[0][0]:.3f})"


def _cost(figures: dict[str, Any]) -> str:
    rows = [
        (
            name,
            f"{method['seconds']['build']:.1f}",
            f"{method['seconds']['load']:.2f}" if "load" in method["seconds"] else "built each time",
            f"{method['names_per_second']:,.0f}",
            f"{method['names_per_second_by_all']:,.0f}" if "names_per_second_by_all" in method else "-",
            f"{max(method['peak_mb'], 0):,.0f}",
            f"{method.get('build_peak_mb', method['peak_mb']):,.0f}",
        )
        for name, method in _ordered(figures)
    ]
    heads = (
        "method",
        "build s",
        "load s",
        "names/s",
        "by all cores",
        "peak MB, asking",
        "peak MB, building",
    )
    return f"""## Time and memory

Each method in a process of its own. Building is reading the register, and training where there is any; peers
keep no index, so that building and asking share a peak. PostgreSQL's memory is that of its one busy process.
`anchor-spend resolve` uses all cores, the pipeline one. Seconds are the clock's: other work on the machine
(its load is said above) makes all of them longer.

{_table(heads, rows)}"""


def _difficulty(figures: dict[str, Any]) -> str:
    rows = [
        (name, *(_with_interval(method["whole"]["by_difficulty"][group]) for group in GROUPS))
        for name, method in _ordered(figures)
    ]
    heads = ("recall at the best F1", *GROUPS.values())
    proposed, likeliest = figures.get("proposed"), figures.get("likeliest")
    if not proposed or not likeliest:
        return f"## By difficulty\n\n{_table(heads, rows)}"
    said = f"""The right company is among the candidates compared for {proposed[0]:.1%} of the names as
        published and {proposed[1]:.1%} of the cut ones: no threshold can find more. It is the likeliest of
        them for {likeliest[0]:.1%} and {likeliest[1]:.1%}: who always knew when to accept that one, and when
        not, would reach F1 {_f1_of(likeliest[0]):.3f} and {_f1_of(likeliest[1]):.3f}. What remains are mostly
        names that share no rare word with their company (renamed since, a site of a group, a school under its
        trust), and short ones that several companies of the register fit alike."""
    return f"## By difficulty\n\n{_table(heads, rows)}\n\n{_prose(said)}"


def _f1_of(recall: float) -> float:
    """With nothing wrong among what is accepted."""
    return 2 * recall / (1 + recall)


def _curves(figures: dict[str, Any]) -> str:
    methods = [
        (name, width, method[width]) for name, method in _ordered(figures) for width in ("whole", "cut")
    ]
    goals = [f"{row[0]}" for row in methods[0][2]["curve"]]
    rows = [
        (
            name,
            "as published" if width == "whole" else "cut",
            *(f"{p:.3f} / {r:.3f}" for _, p, r in item["curve"]),
        )
        for name, width, item in methods
    ]
    return f"""## Precision and recall

Precision / recall had, with the threshold at which the other half reaches the precision at the column's head.

{_table(("method", "names", *goals), rows)}"""


def _sources(rows: dict[str, Any]) -> str:
    listed = [(source, f"{row[3]:,}", _with_interval(row)) for source, row in rows.items()]
    return f"""## By source

The share of names found, or rightly left without a company (`neg:`), at the best F1.

{_table(("source of the label", "names", "right"), listed)}"""


def _pounds(found: dict[str, Any]) -> str:
    rows = [
        (title, *map(_with_interval, found[key]))
        for title, key in (("weighted by pounds", "weighted"), ("the same names, counted", "counted"))
    ]
    said = f"""Labels state no amounts. {found["names"]:,} of the names ({found["with_answer"]:,} with an
        answer) stand in real files at hand, with GBP {found["gbp"] / 1e6:,.1f}m in all; the largest has
        {found["largest_share"]:.0%} of it. The other names have no known pounds and are left out here."""
    return f"## By pounds\n\n{_prose(said)}\n\n{_table(('', 'precision', 'recall', 'F1'), rows)}"


def _calibration(rows: list[list[float]]) -> str:
    listed = [
        (f"{low:.2f}-{min(high, 1):.2f}", f"{count:,}", f"{said:.3f}", f"{kept:.3f}")
        for low, high, count, said, kept in rows
    ]
    return f"""## Is the probability one?

{_table(("probability", "names", "mean promised", "share right"), listed)}"""


def _shipped(widths: list[dict[str, Any]]) -> str:
    names = ("as published", "cut at 30")
    figures = [
        (name, *map(_with_interval, item["figures"])) for name, item in zip(names, widths, strict=True)
    ]
    bands = [
        (name, band, *(f"{row[key]:,}" for key in ("names", "with_answer", "right_first")))
        for name, item in zip(names, widths, strict=True)
        for band, row in item["bands"].items()
    ]
    present, withheld = (widths[0]["absent"][key] for key in ("present", "withheld"))
    absent = f"""Of the names that are not accepted, {present[0]} of {present[1]} whose company is in the
        register are rejected outright, and {withheld[0]} of {withheld[1]} whose company was taken out of it:
        so far "no candidate is likely enough to look at" tells that a company is absent."""
    methods = [
        (method, f"{count:,}", f"{right / count:.4f}")
        for method, (count, right) in widths[0]["methods"].items()
    ]
    return f"""## As shipped (in-sample coefficients)

What `anchor-spend resolve` and the pipeline decide, with the coefficients and thresholds they ship. Those
were fitted on these very labels: the figures above are the honest ones, these are what the guard watches.

{_table(("names", "precision", "recall", "F1"), figures)}

{_table(("names", "band", "names in it", "with a right company", "of them the likeliest candidate"), bands)}

{_prose(absent)}

{_table(("method", "accepted", "precision"), methods)}"""


def _trials(trials: list[dict[str, Any]]) -> str:
    rows = [
        (
            trial["printed"],
            "synthetic" if trial["is_synthetic"] else "as published",
            *(f"{trial[key]:,}" for key in ("names", "by_it", "wrong_by_it", "accepted", "wrong")),
        )
        for trial in trials
    ]
    heads = ("printed beside the name", "", "names", "decided by it", "wrong of those", "accepted", "wrong")
    return f"""## Numbers and postcodes printed beside names

A printed number or postcode counts beside the name. That a council's own number is right is what its label
says, so that row shows only how many are followed. Rows called synthetic print what no publisher did.

{_table(heads, rows)}

{_prose(_tolerated(trials))}"""


def _tolerated(trials: list[dict[str, Any]]) -> str:
    """How many printed numbers may be wrong before decisions by number are."""
    by_name = {trial["printed"]: trial for trial in trials}
    right, other = by_name["the company's number"], by_name["the number of any other company"]
    nearest = by_name["the number of the nearest other company"]
    followed = (right["by_it"] - right["wrong_by_it"]) / right["names"] / 999
    share = followed / (followed + other["wrong_by_it"] / other["names"])
    return f"""Decisions by number keep a precision of 0.999 as long as fewer than {share:.0%} of the numbers
        printed belong to any other company, which the name then contradicts. Of the numbers of the nearest
        other company {nearest["by_it"] / nearest["names"]:.0%} are followed: a namesake's name contradicts
        little."""


def _moves(moves: dict[str, float]) -> str:
    rows = [(name, f"{share:.4f}") for name, share in moves.items()]
    return f"""## Where a candidate is does not count

{_table(("names only", "share of decisions changed"), rows)}"""


def _disagreements(found: dict[str, Any]) -> str:
    rows = [(kind, verdict, reason, f"{count}") for kind, verdict, reason, count in found["rows"]]
    verdicts: dict[str, int] = {}
    for _, verdict, _, count in found["rows"]:
        verdicts[verdict] = verdicts.get(verdict, 0) + count
    total = ", ".join(f"{verdict} {count}" for verdict, count in sorted(verdicts.items()))
    said = f"""Names for which the engine, as shipped, gives another company a probability of at least
        {found["confident"]}, each looked at by hand: {total or "none"}. The labels were left as they are
        in every figure above."""
    heads = ("the label says", "verdict", "why", "names")
    return f"## Where labels and engine disagree\n\n{_prose(said)}\n\n{_table(heads, rows)}"


def _large(found: dict[str, Any]) -> str:
    shares = [f"{share:.1%}" for share in (*found["proposed"], found["proposed"][1])]
    rows = [
        _row_of_width(title, found[width], share)
        for (width, title), share in zip(WIDTHS.items(), shares, strict=True)
    ]
    others = [_row_of_width(title, found["others"][width], "") for width, title in WIDTHS.items()]
    heads = (
        "names",
        "precision",
        "recall",
        "F1",
        "recall at precision 0.99 (precision had)",
        "proposed (of all)",
    )
    seconds = found["seconds"]
    said = f"""{found["rows"]:,} companies: the register above and names made out of its words
        (`benchmarks/large_register.py`), so that precision is that of a trial, not of the real register.
        Index built in {seconds["build"]:.0f} s with {found["build_peak_mb"]:,.0f} MB at its peak,
        {found["index_mb"]:,.0f} MB on disk, loaded in {seconds["load"]:.2f} s;
        {found["names_per_second"]:,.0f} names/s in one process,
        {found["names_per_second_by_all"]:,.0f} by all cores, {found["peak_mb"]:,.0f} MB at the peak of
        asking (with what it reads of the index)."""
    why = f"""What limits it: {found["borne"]} of the names are, letter by letter, those of a company that was
        made up by chance, and no method could know better. Without them:"""
    table = _table(heads[:-1], [row[:-1] for row in others])
    return f"## At national size\n\n{_prose(said)}\n\n{_table(heads, rows)}\n\n{_prose(why)}\n\n{table}"


def _row_of_width(title: str, figures: dict[str, Any], proposed: str) -> tuple[str, ...]:
    return (title, *map(_with_interval, figures["best"]), _at_precision(figures["sure"]), proposed)


SECTIONS = {
    "sources": _sources,
    "pounds": _pounds,
    "calibration": _calibration,
    "shipped": _shipped,
    "trials": _trials,
    "moves": _moves,
    "disagreements": _disagreements,
    "large": _large,
}
