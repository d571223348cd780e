"""Other ways to find the company of a name: exact match, rapidfuzz, TF-IDF and PostgreSQL's trigrams.

In: the register's file and lists of names. Out: Found, for each list the best company of each name and its
score, and the seconds it took. All compare names without legal form; none sees a postcode or a number. Where
several companies score alike, the first is answered a little below its score, so that a threshold can leave
such answers out.
"""

import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from anchor_spend import names
from measuring.labelled import Floats, Texts, register_names
from measuring.processes import peak_bytes

Lists = Sequence[Sequence[str]]
LOOKED_AT = 3  # names: a company may have two that are alike
TIED = 1 - 1e-6  # of its score is left to an answer that another company shares
TRIGRAMS_LEAST = 0.45  # similarity: below it no right answer outweighs what it costs to look


@dataclass
class Found:
    """Answers of a method: for each list of names the best company of each ('' for none) and its score."""

    best: list[Texts] = field(default_factory=list)
    score: list[Floats] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # of build, load, query
    other_bytes: float = 0.0  # of a server it asks

    def add(self, best: Sequence[str] | Texts, score: Sequence[float] | Floats) -> None:
        """The answers to one more list."""
        self.best.append(np.array(best, dtype=str))
        self.score.append(np.array(score, dtype=np.float64))


Method = Callable[[Path, Lists], Found]


def bare(published: Sequence[str]) -> list[str]:
    """Names as all peers compare them."""
    return [names.name_without_legal_form(name) for name in published]


def exact(register: Path, asked: Lists) -> Found:
    """Equal without legal form, and one company only."""
    found, clock = Found(), Clock()
    owners_of: dict[str, set[str]] = defaultdict(set)
    for name, number in zip(*register_names(register), strict=True):
        owners_of[name].add(str(number))
    found.seconds["build"] = clock.lap()
    for published in asked:
        matches = [owners_of.get(name, set()) for name in bare(published)]
        best = [next(iter(owners)) if len(owners) == 1 else "" for owners in matches]
        found.add(best, [float(number != "") for number in best])
    found.seconds["query"] = clock.lap()
    return found


def token_sort(register: Path, asked: Lists) -> Found:
    """rapidfuzz token_sort_ratio among names with the same first word."""
    return _fuzzy(register, asked, "token_sort_ratio")


def wratio(register: Path, asked: Lists) -> Found:
    """rapidfuzz WRatio among names with the same first word."""
    return _fuzzy(register, asked, "WRatio")


def _fuzzy(register: Path, asked: Lists, scorer_name: str) -> Found:
    from rapidfuzz import fuzz

    found, clock, scorer = Found(), Clock(), getattr(fuzz, scorer_name)
    blocks: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for name, number in zip(*register_names(register), strict=True):
        texts, owners = blocks[name.partition(" ")[0]]
        texts.append(name)
        owners.append(str(number))
    found.seconds["build"] = clock.lap()
    for published in asked:
        found.add(*_columns(_best_of_block(name, blocks, scorer) for name in bare(published)))
    found.seconds["query"] = clock.lap()
    return found


def _best_of_block(
    name: str, blocks: dict[str, tuple[list[str], list[str]]], scorer: Any
) -> tuple[str, float]:
    from rapidfuzz import process

    texts, owners = blocks.get(name.partition(" ")[0], ([], []))
    best = process.extract(name, texts, scorer=scorer, limit=LOOKED_AT)
    return first_of([(owners[place], score) for _, score, place in best])


def first_of(ranked: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """The first company of some, best first; a little below its score where another scores alike."""
    if not ranked:
        return "", 0.0
    best, score = ranked[0]
    is_tied = any(other != best and equal >= score for other, equal in ranked[1:])
    return best, score * TIED if is_tied else score


def _columns(answers: Iterable[tuple[str, float]]) -> tuple[list[str], list[float]]:
    listed = list(answers)
    return [best for best, _ in listed], [score for _, score in listed]


def tfidf(register: Path, asked: Lists) -> Found:
    """Cosine of TF-IDF runs of three letters, sparse_dot_topn on two threads."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    found, clock = Found(), Clock()
    texts, owners = register_names(register)
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    table = vectors.fit_transform(texts).T.tocsr()
    found.seconds["build"] = clock.lap()
    for published in asked:
        asked_vectors = vectors.transform(bare(published))
        nearest = sp_matmul_topn(asked_vectors, table, top_n=LOOKED_AT, n_threads=2, sort=True)
        scores = np.round(nearest.data, 6).tolist()
        ranked = list(zip(owners[nearest.indices].tolist(), scores, strict=True))
        found.add(*_columns(first_of(ranked[a:b]) for a, b in pairwise(nearest.indptr.tolist())))
    found.seconds["query"] = clock.lap()
    return found


def pg_trgm(register: Path, asked: Lists) -> Found:
    """PostgreSQL's trigram similarity over a GIN index."""
    from anchor_spend import database

    with tempfile.TemporaryDirectory() as home:
        os.environ["ANCHOR_SPEND_HOME"] = home
        os.environ.pop("DATABASE_URL", None)
        server = database.embedded_server()
        server.start()
        try:
            return _trigrams(register, asked)
        finally:
            server.stop()


def _trigrams(register: Path, asked: Lists) -> Found:
    from anchor_spend import database

    found, clock = Found(), Clock()
    with database.connect() as connection:
        connection.execute("create extension if not exists pg_trgm")
        connection.execute("create temporary table peer (number text, name text)")
        texts, owners = register_names(register)
        with connection.cursor() as cursor, cursor.copy("copy peer from stdin") as copy:
            for row in zip(owners.tolist(), texts, strict=True):
                copy.write_row(row)
        connection.execute("create index on peer using gin (name gin_trgm_ops)")
        connection.execute("analyze peer")
        connection.execute(f"set pg_trgm.similarity_threshold = {TRIGRAMS_LEAST}")
        found.seconds["build"] = clock.lap()
        for published in asked:
            found.add(*_columns(_nearest(connection, name) for name in bare(published)))
        found.seconds["query"] = clock.lap()
        (backend,) = connection.execute("select pg_backend_pid()").fetchone() or (0,)
        found.other_bytes = peak_bytes(backend)
    return found


def _nearest(connection: Any, name: str) -> tuple[str, float]:
    query = """select number, similarity(name, %(name)s) as alike from peer
               where name %% %(name)s order by alike desc, number limit %(limit)s"""
    return first_of(connection.execute(query, {"name": name, "limit": LOOKED_AT}).fetchall())


class Clock:
    """Seconds since it was last read."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self) -> float:
        """Seconds since the lap before."""
        now = time.perf_counter()
        since, self._last = now - self._last, now
        return since


PEERS: dict[str, Method] = {
    "exact": exact,
    "token_sort": token_sort,
    "wratio": wratio,
    "tfidf": tfidf,
    "pg_trgm": pg_trgm,
}
