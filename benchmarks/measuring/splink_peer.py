"""Splink 5 on DuckDB: Fellegi-Sunter weights, trained without labels, with term frequencies.

In: the register's file and lists of names. Out: Found, scored by match weight. Names are compared whole, by
the words they share and by their two rarest words; blocks are those two, the two first words and the first
letters. Random pairs give u, expectation maximisation over two blocks gives m; the model trained on the first
list answers the others. The best of eight such configurations; F1 of the others was 0.50 to 0.78.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from measuring.labelled import Floats, Texts, register_names
from measuring.peers import LOOKED_AT, Clock, Found, Lists, bare, first_of

RANDOM_PAIRS = 1.1e6  # with ten times as many the training settles on a worse model (F1 0.67)
_SEED = 7
_BEGINNING = 8  # letters
_RARE_WORDS = ("rare_word", "second_rare_word")
_BLOCKS = (*_RARE_WORDS, "two_words", "beginning")
_LEAST_WEIGHT = -50.0  # a match weight so low that nothing is taken


def splink(register: Path, asked: Lists) -> Found:
    """Train on the register and the first list of names, then answer every list."""
    found, clock, query = Found(), Clock(), 0.0
    texts, owners = register_names(register)
    counts = Counter(word for text in texts for word in set(text.split()))
    theirs = _columns(texts, counts, "r")
    found.seconds["build"] = clock.lap()
    model: Any = None
    for published in asked:
        linker = _linker(_columns(bare(published), counts, "q"), theirs, model or _settings())
        query += clock.lap()
        if model is None:
            _train(linker)
            model = linker.misc.save_model_to_json()
            found.seconds["build"] += clock.lap()
        pairs = linker.inference.predict(warning_mode="never").as_pyarrow_table()
        found.add(*_best_of(pairs, owners, len(published)))
        query += clock.lap()
    found.seconds["query"] = query
    return found


def _columns(texts: Sequence[str], counts: Counter[str], prefix: str) -> pa.Table:
    """What is compared of each name, in DuckDB's types."""
    words = [text.split() for text in texts]
    rarest = [sorted(set(found), key=lambda word: (counts[word], word))[:2] for found in words]
    return pa.table(
        {
            "unique_id": [f"{prefix}{place}" for place in range(len(texts))],
            "name": list(texts),
            "words": [sorted(set(found)) for found in words],
            "rare_word": [found[0] if found else None for found in rarest],
            "second_rare_word": [found[1] if len(found) > 1 else None for found in rarest],
            "two_words": [" ".join(found[:2]) if len(found) > 1 else None for found in words],
            "beginning": [text.replace(" ", "")[:_BEGINNING] for text in texts],
        }
    )


def _settings() -> Any:
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons
    from splink import SettingsCreator, block_on

    whole = comparisons.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            levels.NullLevel("name"),
            levels.ExactMatchLevel("name", term_frequency_adjustments=True),
            levels.JaroWinklerLevel("name", 0.95),
            levels.CustomLevel(_share_of_words(0.65), "two thirds of the words"),
            levels.ElseLevel(),
        ],
    )
    rare = [
        comparisons.ExactMatch(column).configure(term_frequency_adjustments=True) for column in _RARE_WORDS
    ]
    return SettingsCreator(
        link_type="link_only",
        comparisons=[whole, *rare],
        blocking_rules_to_generate_predictions=[block_on(column) for column in _BLOCKS],
        retain_matching_columns=False,
    )


def _share_of_words(least: float) -> str:
    """Words in common over all words of both."""
    shared = "len(list_intersect(words_l, words_r))"
    return f"{shared} >= {least} * len(list_distinct(list_concat(words_l, words_r)))"


def _linker(ours: pa.Table, theirs: pa.Table, settings: Any) -> Any:
    import duckdb
    from splink import DuckDBAPI, Linker

    connection = duckdb.connect(":memory:")
    connection.execute("set threads to 2")
    api = DuckDBAPI(connection)
    tables = [
        api.register(ours, dataset_display_name="a_asked"),
        api.register(theirs, dataset_display_name="b_register"),
    ]
    return Linker(tables, settings, log_level=None)


def _train(linker: Any) -> None:
    from splink import block_on

    linker.training.estimate_probability_two_random_records_match([block_on("name")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=_SEED)
    for column in _RARE_WORDS:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(column), record_sample_proportion=1.0
        )


def _best_of(pairs: pa.Table, owners: Texts, count: int) -> tuple[Texts, Floats]:
    """The heaviest pair of each name; of equals the first of the register."""
    ours, theirs = (
        np.array([int(key[1:]) for key in pairs[column].to_pylist()], dtype=np.int64)
        for column in ("unique_id_l", "unique_id_r")
    )
    weight = np.maximum(pairs["match_weight"].to_numpy(), _LEAST_WEIGHT)
    order = np.lexsort((theirs, -weight, ours))
    best, score = np.full(count, "", dtype=owners.dtype), np.zeros(count)
    bounds = np.searchsorted(ours[order], np.arange(count + 1)).tolist()
    for place, (start, stop) in enumerate(pairwise(bounds)):
        found = order[start : min(stop, start + LOOKED_AT)]
        numbers, weights = owners[theirs[found]].tolist(), (weight[found] - _LEAST_WEIGHT).tolist()
        best[place], score[place] = first_of(list(zip(numbers, weights, strict=True)))
    return best, score
