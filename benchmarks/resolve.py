"""Name resolution beside its peers, on the same labelled names and register in one run.

    python benchmarks/resolve.py LABELS.csv REGISTER.parquet [--peers exact,token_sort,wratio,tfidf,pg_trgm]

Names only. Every method gives each name its best company and a score; what it accepts is what scores above
the threshold chosen on the other half of the names (halves by a hash of the company number). The engine's
coefficients are fitted on the other half too. Prints precision, recall and F1; recall where names differ by
more than the legal form; the precision-recall curve; the same with names cut at 30 characters; and seconds
for the index and the names, and peak memory. Peers need sparse-dot-topn and scikit-learn (tfidf) and contrib
modules (pg_trgm). Never prints a name. --check FILE fails where precision or recall fell below its figures.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from fit_resolution import CUT, CUT_WEIGHT, best_f1_threshold, cases_of, cross_fitted, halves, threshold

from anchor_spend import names
from anchor_spend.resolution import index
from anchor_spend.resolution.deciding import Query, resolve_with

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Answers = tuple[npt.NDArray[np.str_], Floats]  # best company number and its score, for each name
Peer = Callable[[pd.DataFrame, list[str]], tuple[Answers, float, float]]  # and seconds of index and of names
NOISE = 0.01  # two standard errors of a share of about a thousand
CURVE = (0.999, 0.995, 0.99, 0.98, 0.97, 0.95, 0.9)


def main() -> None:
    """Measure the engine and its peers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path)
    parser.add_argument("register", type=Path)
    parser.add_argument("--peers", default="exact,token_sort,wratio,tfidf,pg_trgm")
    parser.add_argument("--check", type=Path)
    given = parser.parse_args()
    labels = pd.read_csv(given.labels, dtype=str, keep_default_na=False)
    register = pd.read_parquet(given.register)
    truth = labels["query_name"].to_numpy(dtype=str), labels["true_company_number"].to_numpy(dtype=str)
    half = halves(list(truth[0]), truth[1])
    is_hard = hard_names(labels)
    figures = {}
    for cut_at in (None, CUT):
        published = [name[:cut_at].strip() for name in truth[0]]
        for peer in given.peers.split(","):
            (found, score), index_time, query_time = PEERS[peer](register, published)
            right = (found == truth[1]) & (found != "")
            measure(peer, cut_at, score, right, truth[1] != "", half, is_hard)
            print(f"{'':24}index {index_time:.1f} s, {len(published) / query_time:,.0f} names/s")
    for cut_at, (score, right) in ours(register, list(truth[0]), truth[1], half).items():
        label = "as published" if cut_at is None else f"cut at {cut_at}"
        figures[label] = measure("this engine", cut_at, score, right, truth[1] != "", half, is_hard)
        print(f"{'':24}by source {by_source(labels, score, right)}")
        print(f"{'':24}curve {curve(score, right, int((truth[1] != '').sum()))}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    if given.check:
        check(figures, given.check)


def hard_names(labels: pd.DataFrame) -> Flags:
    """Names with a company whose register name differs by more than the legal form."""
    pairs = zip(labels["query_name"], labels["true_register_name"], strict=True)
    differs = [
        names.name_without_legal_form(ours) != names.name_without_legal_form(theirs) for ours, theirs in pairs
    ]
    return np.array(differs) & (labels["true_company_number"] != "").to_numpy()


def accepted(
    score: Floats, right: Flags, has_answer: Flags, half: npt.NDArray[np.int64], goal: float | None
) -> Flags:
    """What scores above the threshold that suits the other half."""
    taken = np.zeros(len(half), dtype=bool)
    for part in (0, 1):
        there = half != part
        least = (
            best_f1_threshold(score[there], right[there], has_answer[there])
            if goal is None
            else threshold(score[there], right[there], goal)
        )
        taken |= (half == part) & (score >= least) & (score > 0)
    return taken


def measure(
    label: str,
    cut_at: int | None,
    score: Floats,
    right: Flags,
    has_answer: Flags,
    half: npt.NDArray[np.int64],
    is_hard: Flags,
) -> dict[str, float]:
    """Print and return the figures of one method."""
    best = accepted(score, right, has_answer, half, None)
    hits = int((best & right).sum())
    precision, recall = hits / max(int(best.sum()), 1), hits / int(has_answer.sum())
    sure = accepted(score, right, has_answer, half, 0.99)
    sure_hits = int((sure & right).sum())
    figures = {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-9),
        "hard_recall": int((best & right & is_hard).sum()) / int(is_hard.sum()),
        "sure_precision": sure_hits / max(int(sure.sum()), 1),
        "sure_recall": sure_hits / int(has_answer.sum()),
    }
    shown = " ".join(f"{name} {value:.4f}" for name, value in figures.items())
    print(f"{label:12} {'whole' if cut_at is None else f'cut {cut_at}':8}   {shown}")
    return figures


def by_source(labels: pd.DataFrame, score: Floats, right: Flags) -> str:
    """The share found, or rightly left, of each source at an even chance."""
    kinds = labels["source"].str.replace(r":-?\d+$", "", regex=True)
    is_well = np.where(labels["true_company_number"] != "", right & (score >= 0.5), score < 0.5)
    return ", ".join(
        f"{kind} {value:.2f}" for kind, value in pd.Series(is_well).groupby(kinds).mean().items()
    )


def curve(score: Floats, right: Flags, answers: int) -> str:
    """Recall at several precisions, thresholds chosen on these very names."""
    order = np.argsort(-score)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    recall = np.cumsum(right[order]) / answers
    points = ((goal, np.flatnonzero(precision >= goal)) for goal in CURVE)
    return ", ".join(f"{goal}: {recall[at[-1]] if len(at) else 0:.3f}" for goal, at in points)


def ours(
    register: pd.DataFrame, published: list[str], truth: npt.NDArray[np.str_], half: npt.NDArray[np.int64]
) -> dict[int | None, tuple[Floats, Flags]]:
    """The engine, fitted on the other half; and its speed with the coefficients it ships."""
    started = time.perf_counter()
    columns = ("company_number", "company_name", "previous_names", "postcode")
    built = index.build(*(register[name].tolist() for name in columns))
    index_time, started = time.perf_counter() - started, time.perf_counter()
    resolve_with(built, [Query(str(i), name) for i, name in enumerate(published)], [])
    query_time = time.perf_counter() - started
    print(f"this engine: index {index_time:.1f} s, {len(published) / query_time:,.0f} names/s")
    whole = cases_of(built, published, truth, None, 1.0)
    cut = cases_of(built, [name[:CUT].strip() for name in published], truth, CUT, CUT_WEIGHT)
    return {limit: cross_fitted(whole, cut, cases, half) for limit, cases in ((None, whole), (CUT, cut))}


def check(figures: dict[str, dict[str, float]], kept: Path) -> None:
    """Exit 1 where a figure fell by more than noise; a file that is not there is written."""
    if not kept.exists():
        kept.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        return
    before = json.loads(kept.read_text(encoding="utf-8"))
    fallen = [
        f"{label}: {name} was {value:.4f}, is {figures[label][name]:.4f}"
        for label, values in before.items()
        for name, value in values.items()
        if figures[label][name] < value - NOISE
    ]
    if fallen:
        sys.exit("\n".join(fallen))


# -- peers ------------------------------------------------------------------------------------------------


def register_names(register: pd.DataFrame) -> tuple[list[str], npt.NDArray[np.str_]]:
    """All names of the register without legal form, and whose each is."""
    found, owners = [], []
    columns = (register["company_number"], register["company_name"], register["previous_names"])
    for number, name, previous in zip(*columns, strict=True):
        for text in [name, *(previous.split("; ") if previous else [])]:
            found.append(names.name_without_legal_form(text))
            owners.append(number)
    return found, np.array(owners)


def exact(register: pd.DataFrame, published: list[str]) -> tuple[Answers, float, float]:
    """Equal without legal form, and one company only."""
    started = time.perf_counter()
    owners_of: dict[str, set[str]] = defaultdict(set)
    for name, number in zip(*register_names(register), strict=True):
        owners_of[name].add(number)
    index_time, started = time.perf_counter() - started, time.perf_counter()
    matches = [owners_of.get(names.name_without_legal_form(name), set()) for name in published]
    best = np.array([next(iter(owners)) if len(owners) == 1 else "" for owners in matches])
    return (best, (best != "").astype(np.float64)), index_time, time.perf_counter() - started


def fuzzy(scorer_name: str) -> Peer:
    """rapidfuzz among the names that begin with the same word."""

    def match(register: pd.DataFrame, published: list[str]) -> tuple[Answers, float, float]:
        from rapidfuzz import fuzz, process

        started = time.perf_counter()
        texts, owners = register_names(register)
        blocks: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            blocks[text.partition(" ")[0]].append(place)
        index_time, started = time.perf_counter() - started, time.perf_counter()
        best, score = [], []
        for name in map(names.name_without_legal_form, published):
            block = blocks.get(name.partition(" ")[0], [])
            found = process.extractOne(name, [texts[i] for i in block], scorer=getattr(fuzz, scorer_name))
            best.append(owners[block[found[2]]] if found else "")
            score.append(found[1] if found else 0.0)
        return (np.array(best), np.array(score)), index_time, time.perf_counter() - started

    return match


def tfidf(register: pd.DataFrame, published: list[str]) -> tuple[Answers, float, float]:
    """Cosine of TF-IDF three-letter runs, sparse_dot_topn."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    started = time.perf_counter()
    texts, owners = register_names(register)
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    table = vectors.fit_transform(texts).T.tocsr()
    index_time, started = time.perf_counter() - started, time.perf_counter()
    asked = vectors.transform(list(map(names.name_without_legal_form, published)))
    found = sp_matmul_topn(asked, table, top_n=1, n_threads=2)
    best, score = np.full(len(published), "", dtype=owners.dtype), np.zeros(len(published))
    rows = np.repeat(np.arange(len(published)), np.diff(found.indptr))
    best[rows], score[rows] = owners[found.indices], found.data
    return (best, score), index_time, time.perf_counter() - started


def pg_trgm(register: pd.DataFrame, published: list[str]) -> tuple[Answers, float, float]:
    """PostgreSQL's trigram similarity over a GIN index."""
    from anchor_spend import database

    with tempfile.TemporaryDirectory() as home:
        os.environ["ANCHOR_SPEND_HOME"] = home
        server = database.embedded_server()
        server.start()
        try:
            return _trigrams(register, published)
        finally:
            server.stop()


def _trigrams(register: pd.DataFrame, published: list[str]) -> tuple[Answers, float, float]:
    from anchor_spend import database

    with database.connect() as connection:
        connection.execute("create extension if not exists pg_trgm")
        connection.execute("create temporary table peer (number text, name text)")
        started = time.perf_counter()
        texts, owners = register_names(register)
        with connection.cursor() as cursor, cursor.copy("copy peer from stdin") as copy:
            for row in zip(owners.tolist(), texts, strict=True):
                copy.write_row(row)
        connection.execute("create index on peer using gin (name gin_trgm_ops)")
        connection.execute("analyze peer")
        connection.execute("set pg_trgm.similarity_threshold = 0.45")
        index_time, started = time.perf_counter() - started, time.perf_counter()
        query = (
            "select number, similarity(name, %(q)s) s from peer where name %% %(q)s order by s desc limit 1"
        )
        asked = map(names.name_without_legal_form, published)
        found = [connection.execute(query, {"q": name}).fetchone() or ("", 0.0) for name in asked]
        best, score = np.array([row[0] for row in found]), np.array([float(row[1]) for row in found])
        return (best, score), index_time, time.perf_counter() - started


PEERS: dict[str, Peer] = {
    "exact": exact,
    "token_sort": fuzzy("token_sort_ratio"),
    "wratio": fuzzy("WRatio"),
    "tfidf": tfidf,
    "pg_trgm": pg_trgm,
}


if __name__ == "__main__":
    main()
