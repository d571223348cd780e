"""Make a register of national size out of a smaller one: its rows, and names recombined from its words.

    python benchmarks/large_register.py REGISTER.parquet OUT.parquet [--rows 5600000]

Most made rows begin with a new word, put together from two, and end as another name does; three in ten take
the first words of one name and the last of another; one in a hundred is a namesake: a name with one generic
word more or one letter changed, so that a tenth of the real names have one. A made name that equals a real
one but for its legal form is left out, as registrars refuse it (Companies Act 2006, section 66). The numbers
of made rows start with 'Z', so that none can be right. For measuring speed, memory and recall at scale only.
"""

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SEED = 7
ROWS = 5_600_000
BLOCK = 200_000
GENERIC = ["GROUP", "HOLDINGS", "SERVICES", "SOLUTIONS", "TRADING", "PROPERTIES", "INTERNATIONAL"]
NOT_TOLD_APART = r"^THE | (LIMITED|LTD|LLP|PLC|CIC|CYFYNGEDIG|UK|COMPANY|CO)\b|[^A-Z0-9]"  # by a registrar


def main() -> None:
    """Write the large register."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("register", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args()
    make(given.register, given.out, given.rows)


def make(register: Path, out: Path, rows: int = ROWS) -> Path:
    """Write the large register; returns where it is."""
    columns = ["company_number", "company_name", "previous_names", "postcode"]
    real = pq.read_table(register, columns=columns).cast(pa.schema([(name, pa.string()) for name in columns]))
    words = [name.upper().split() for name in real["company_name"].to_pylist()]
    known = _as_registrars_compare(real["company_name"].combine_chunks())
    rng = np.random.default_rng(SEED)
    with pq.ParquetWriter(out, real.schema) as writer:
        writer.write_table(real)
        for first in range(0, rows - real.num_rows, BLOCK):
            count = min(BLOCK, rows - real.num_rows - first)
            made = pa.array(_made_names(words, count, rng), pa.string())
            numbers = pa.array([f"Z{number:07d}" for number in range(first, first + count)], pa.string())
            empty = pa.array([""] * count, pa.string())
            block = pa.table([numbers, made, empty, empty], names=columns)
            is_taken = pc.is_in(_as_registrars_compare(made), value_set=known)
            writer.write_table(block.filter(pc.invert(is_taken)))
    return out


def _as_registrars_compare(names: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.utf8_upper(names), NOT_TOLD_APART, "")


def _made_names(words: list[list[str]], count: int, rng: np.random.Generator) -> list[str]:
    heads, tails = rng.integers(len(words), size=(2, count)).tolist()
    kinds = rng.integers(100, size=count).tolist()
    picks = rng.integers(40, size=count).tolist()
    return [
        _made_name(kind, words[head], words[tail], pick)
        for head, tail, kind, pick in zip(heads, tails, kinds, picks, strict=True)
    ]


def _made_name(kind: int, head: list[str], tail: list[str], pick: int) -> str:
    if kind == 0:
        return _namesake(head, pick)
    if kind <= 30:
        return _recombined(head, tail)
    new_word = head[0][: 3 + pick % 2] + tail[0][-3 - pick % 3 :]
    return " ".join([new_word, *tail[max(1, len(tail) // 2) :]])


def _recombined(head: list[str], tail: list[str]) -> str:
    middle = (len(head) + 1) // 2
    return " ".join([*head[:middle], *tail[len(tail) // 2 :]])


def _namesake(name: list[str], pick: int) -> str:
    if pick < 25:
        return " ".join([*name[:-1], GENERIC[pick % len(GENERIC)], name[-1]])
    word = name[0]
    place = pick % max(len(word), 1)
    return " ".join([word[:place] + "X" + word[place + 1 :], *name[1:]])


if __name__ == "__main__":
    main()
