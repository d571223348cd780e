"""The compiled loops give what a well-known library gives, and are compiled once for any index."""

import os
import random
import subprocess
import sys

import numpy as np
import pytest
from rapidfuzz.distance import OSA, LCSseq

from anchor_spend.resolution import building, engine, index, kernels
from anchor_spend.resolution.building import Register
from anchor_spend.resolution.engine import Question

_NAMES = ["Synthetic Orchard Limited", "Made Up Paving and Drainage plc", "The Invented Choir of Nowhere CIC"]


def _letters(text):
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _in_common(left, right):
    return kernels._letters_in_common(kernels._noted(left), len(left), right)


@pytest.fixture(scope="module")
def pairs():
    """Texts of up to three blocks of 64 letters, half of them a spelling of the other; synthetic."""
    drawn = random.Random(11)
    found = [("", ""), ("", "A"), ("A" * 64, "A" * 64), ("AB" * 64, "BA" * 65)]
    for _ in range(2_000):
        text = [drawn.choice("ABCDE") for _ in range(drawn.randint(0, 150))]
        other = [letter for letter in text if drawn.random() > 0.2]
        drawn.shuffle(other if drawn.random() < 0.5 else [])
        found.append(("".join(text), "".join(other)))
    return found


def test_letters_in_common_are_those_of_rapidfuzz(pairs):
    ours = [_in_common(_letters(left), _letters(right)) for left, right in pairs]
    assert ours == [LCSseq.similarity(left, right) for left, right in pairs]


def test_edits_are_those_of_rapidfuzz(pairs):
    short = [(left[:24], right[:24]) for left, right in pairs]
    ours = [kernels.edits(_letters(left), _letters(right)) for left, right in short]
    assert ours == [OSA.distance(left, right) for left, right in short]


@pytest.mark.parametrize(
    ("left", "right", "least", "most"),
    [
        ("PAVING", "PAVNIG", 0.7, 0.9),  # swapped
        ("PAVING", "PAVINGS", 0.8, 0.9),  # one more, and a beginning
        ("SERV", "SERVICE", 0.7, 0.8),  # shortened
        ("S", "SERVICE", 0.3, 0.3),
        ("SRVC", "SERVICE", 0.5, 0.6),  # squeezed
        ("PAVING", "PILLOW", 0.0, 0.0),
    ],
)
def test_spellings_of_one_word(left, right, least, most):
    similar = kernels.word_similarity(_letters(left), _letters(right))
    assert least <= round(similar, 6) <= most
    assert similar == kernels.word_similarity(_letters(right), _letters(left))


def test_built_and_loaded_indexes_share_compiled_code_and_answers(tmp_path):
    ids = [f"GB-COH-0000000{place}" for place in range(len(_NAMES))]
    built = building.build([Register(ids, _NAMES, [""] * 3, [""] * 3)])
    index.save(built, tmp_path)
    questions = [Question(name) for name in ("Synthetc Orchard", "Made Up Paving and Drain", "?")]
    questions.append(Question("Made Up Paving and Drai", cut_at=23))
    answers = list(engine.answer(built, questions))
    assert list(engine.answer(index.load(tmp_path), questions)) == answers
    found = [answer.candidates[0] for answer in answers if answer.candidates]
    likely = [candidate.entity_id for candidate in found if candidate.probability > 0.5]
    assert likely == ["GB-COH-00000000", "GB-COH-00000001", "GB-COH-00000001"]
    called = "propose", "compare_letters", "compare_words", "edits_of_pairs", "first_places"
    assert {name: len(getattr(kernels, name).signatures) for name in called} == dict.fromkeys(called, 1)


_ASK = """
from anchor_spend.resolution import building, engine
from anchor_spend.resolution.building import Register
names = {names!r}
ids = [f"GB-COH-0000000{{place}}" for place in range(len(names))]
built = building.build([Register(ids, names, [""] * len(names), [""] * len(names))])
asked = "Syntetic Orchard", "MUP and Drainage 2", "Invented ChoirofNowhere", "MUPAD", "Made Up Pav & Dr", "?"
questions = [engine.Question(name, cut_at=cut_at) for name in asked for cut_at in (None, len(name))]
for answer in engine.answer(built, questions):
    print([(found.entity_id, round(found.probability, 6), found.added) for found in answer.candidates])
"""


def test_kept_code_is_that_of_today():
    """Compiled code is kept by the date of its own file: a constant of another may be of yesterday."""
    script = _ASK.format(names=_NAMES)
    compiled, interpreted = (
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script],  # hashes overflow, which numpy says
            env=os.environ | {"NUMBA_DISABLE_JIT": disabled},
            capture_output=True, text=True, check=True,
        ).stdout
        for disabled in ("0", "1")
    )  # fmt: skip
    assert compiled == interpreted
    assert compiled.count("GB-COH") > 5
