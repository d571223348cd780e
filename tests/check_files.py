"""Payment files as a partner would check them, and the spec they are checked by. Every name is invented."""

import csv
import io
from pathlib import Path
from typing import Any

import yaml

from anchor_spend.spec import Publisher

HEADER = [
    "Date", "Supplier", "Amount", "Postcode", "Company Number", "Department", "Description", "Reference",
]  # fmt: skip
PERIOD = "2017-06"
MARK = "Zqmark"  # stands in every name and text of a file that must not be shown

SPEC: dict[str, Any] = {
    "publisher_id": "fen_vale_council",
    "name": "Fen Vale Council",
    "org_id": "GB-LAE-XXX",
    "body_type": "council",
    "postcode": "LU1 1AA",
    "valid_from": "1997-04-01",
    "vat_basis": "net",
    "thresholds": [{"valid_from": "2016-04-01", "gbp": 250}],
    "licence": "OGL-UK-3.0",
    "streams": {
        "payments": {
            "first_period": "2016-04",
            "due_days": 30,
            "format": {"family": "delimited", "dates": ["%d/%m/%Y"]},
            "columns": {"payment_date": ["Date"], "amount": ["Amount"], "supplier_name": ["Supplier"]},
            "optional_columns": {
                "supplier_postcode": ["Postcode"],
                "supplier_company_number": ["Company Number"],
                "department": ["Department"],
                "description": ["Description"],
                "transaction_ref": ["Reference"],
            },
            "ignore": ["VAT"],
            "redaction": ["redacted"],
            "expected": {"rows": [20, 500], "largest_payment_gbp": 100_000},
        }
    },
}


def publisher(**changes: Any) -> Publisher:
    """The spec with keys of its stream changed."""
    stream = SPEC["streams"]["payments"] | changes
    return Publisher.model_validate(SPEC | {"streams": {"payments": stream}})


def rows(count: int = 40) -> list[list[str]]:
    """Ordinary payments of June 2017: distinct, from £300, eight suppliers."""
    return [
        [
            f"{number % 30 + 1:02d}/06/2017",
            f"Larkfield {'Supply ' * (number % 8)}Ltd",
            f"{300 + number * 7}.50",
            "LU1 2BQ",
            f"0123456{number % 8}",
            "Highways",
            f"Works at depot {number}",
            f"T{number:05d}",
        ]
        for number in range(count)
    ]


def with_cell(column: str, value: str, *, first: int = 0, count: int = 1) -> list[list[str]]:
    """Ordinary payments with one value in some rows of a column."""
    made = rows()
    for row in made[first : first + count]:
        row[HEADER.index(column)] = value
    return made


def text_of(body: list[list[str]], header: list[str] | None = None) -> str:
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\r\n").writerows([header or HEADER, *body])
    return lines.getvalue()


def write(
    folder: Path, body: list[list[str]], name: str = "payments-2017-06.csv", header: list[str] | None = None
) -> Path:
    path = folder / name
    path.write_text(text_of(body, header), encoding="utf-8", newline="")
    return path


def write_spec(folder: Path) -> Path:
    """The spec as a file, as `--spec` takes it."""
    path = folder / "fen_vale_council.yml"
    path.write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    return path


def marked() -> list[list[str]]:
    """A file full of marked names and texts, and of everything that makes a rule speak."""
    body = rows()
    for number, row in enumerate(body):
        row[1] = f"{MARK} Jane {number}" if number % 2 else f"Mrs {MARK} Smith"
        row[5], row[6] = f"{MARK} Team", f"For {MARK} Example {number}"
    values = {
        0: (0, f"{MARK} June"), 1: (2, f"{MARK} pounds"), 2: (3, f"{MARK} Road"), 3: (4, f"{MARK}01"),
        4: (6, f"{MARK}@mail.example"), 5: (6, f"={MARK}"), 6: (7, f"{MARK}-77"), 7: (7, f"{MARK}@x"),
        8: (6, f"{MARK} DOB 01/02/1980"), 9: (1, ""), 10: (6, f"{MARK} 01582 555 123"),
    }  # fmt: skip
    for number, (position, value) in values.items():
        body[number][position] = value
    return [*body, body[-1], [*body[11], f"{MARK} beyond the header"]]


def renamed(position: int) -> list[str]:
    header = list(HEADER)
    header[position] = f"{MARK} Heading"
    return header


HOSTILE: dict[str, tuple[list[list[str]], list[str]]] = {
    "readable": (marked(), HEADER),
    "unknown column": ([[*row[:8], MARK] for row in marked()], [*HEADER, f"{MARK} Jane"]),
    "column missing": (marked(), renamed(1)),
    "column twice": (marked(), [*HEADER[:5], "Supplier", *HEADER[6:]]),
    "no header": (marked(), [f"{MARK} {letter}" for letter in "abcdefgh"]),
    "payment in place of the header": (marked(), ["Date", f"{MARK} Jane", "500", "LU1", "", "", MARK, ""]),
    "markup in headers": (marked(), [*HEADER[:7], f"<script>{MARK}</script>"]),
    "unreadable amounts": ([[*row[:2], MARK, *row[3:]] for row in marked()], HEADER),
    "unreadable dates": ([[MARK, *row[1:]] for row in marked()], HEADER),
    "total row": ([*marked(), [f"{MARK} total", "Total", "1.00", "", "", "", "", ""]], HEADER),
}  # fmt: skip
