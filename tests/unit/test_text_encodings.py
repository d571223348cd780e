"""Which encoding reads a text file, and which one a new file is likely to be in. All content is invented."""

from pathlib import Path

import pytest

from anchor_spend.errors import UnreadableFileError
from anchor_spend.readers import read_tables
from anchor_spend.records import RawTable
from anchor_spend.spec import FileFormat
from anchor_spend.text_encodings import guess_encodings

TEXT = "Date,Supplier,Amount\n01/04/2017,Café – St Oswin’s,£5\n"


def read(data: bytes, *encodings: str) -> RawTable:
    file_format = FileFormat(family="delimited", encodings=encodings, dates=("%d/%m/%Y",))
    (table,) = read_tables(data, "file.csv", file_format)
    return table


@pytest.mark.parametrize(
    ("data", "encodings", "encoding"),
    [
        (TEXT.encode("utf-8-sig"), ("cp1252",), "utf-8-sig"),
        (TEXT.encode(), ("utf-8-sig", "cp1252"), "utf-8-sig"),
        (TEXT.encode("cp1252"), ("utf-8-sig", "cp1252"), "cp1252"),
        (TEXT.encode("mac_roman"), ("utf-8-sig", "mac_roman"), "mac_roman"),
        (TEXT.encode("utf-16"), ("utf-8-sig",), "utf-16"),
        (TEXT.encode("utf-16-le"), ("utf-8-sig",), "utf-16-le"),
        (TEXT.encode("utf-16-be"), ("utf-8-sig",), "utf-16-be"),
        (TEXT.encode() + TEXT.encode("cp1252"), ("utf-8-sig", "mixed"), "mixed"),
        (TEXT.encode(), ("mixed",), "mixed"),
        # 81 means nothing in cp1252 and A with a ring in Mac Roman
        (TEXT.encode("mac_roman") + b"\x81", ("utf-8-sig", "cp1252", "mac_roman"), "mac_roman"),
    ],
)
def test_the_first_encoding_that_reads_every_byte_is_taken(
    data: bytes, encodings: tuple[str, ...], encoding: str
) -> None:
    table = read(data, *encodings)
    assert (table.encoding, table.findings) == (encoding, ())
    assert all(row[1:] in (["Supplier", "Amount"], ["Café – St Oswin’s", "£5"], []) for row in table.rows)


@pytest.mark.parametrize(
    ("data", "encodings"),
    [
        (TEXT.encode("mac_roman"), ("utf-8-sig", "cp1252")),
        (TEXT.encode("cp1252"), ("utf-8-sig", "mac_roman")),
        ("Café £5".encode("cp850"), ("utf-8-sig", "cp1252")),
        ("Café £5".encode() + b"\xff", ("utf-8-sig", "cp1252")),
        ("CafÃ© Â£5".encode(), ("utf-8-sig", "cp1252")),
    ],
)
def test_characters_that_fit_another_encoding_are_remarked_upon(
    data: bytes, encodings: tuple[str, ...]
) -> None:
    assert {finding.rule for finding in read(data, *encodings).findings} == {"encoding_doubtful"}


@pytest.mark.parametrize(
    ("encodings", "told"),
    [
        (("utf-8-sig", "cp1252"), ["utf-8-sig fails at byte 16 (line 2)", "cp1252 fails at byte 16"]),
        (("mixed",), ["mixed fails at byte 16 (line 2)"]),
        (("utf-9",), ["utf-9 is not an encoding"]),
    ],
)
def test_an_encoding_error_names_encodings_and_line_and_no_value(
    encodings: tuple[str, ...], told: list[str]
) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read(b"Supplier\nMarlow\x81\n", *encodings)
    assert caught.value.rule == "encoding_unreadable" and "Marlow" not in str(caught.value)
    assert all(part in caught.value.detail for part in told)


# --- guesses for a file nobody has described ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "best"),
    [
        (b"Date,Amount\n", "utf-8-sig"),
        (TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("cp1252"), "cp1252"),
        ("Amount £".encode("cp1252"), "cp1252"),
        (TEXT.encode("mac_roman"), "mac_roman"),
        ("Café £5".encode("cp850"), "cp850"),
        (TEXT.encode() + TEXT.encode("cp1252"), "mixed"),
    ],
)
def test_the_best_guess_comes_first_with_its_evidence(data: bytes, best: str) -> None:
    guesses = guess_encodings(data)
    assert guesses[0][0] == best and all(evidence for _, evidence in guesses)
    text = read(data, guesses[0][0]).rows
    assert "�" not in repr(text)


@pytest.mark.real_data
def test_real_mac_roman_ledgers_are_told_from_windows_ones(real_data: Path) -> None:
    mac = [real_data / "formats/north_northamptonshire_council/file_e65qpq.bin"]
    mac += sorted((real_data / "archive/central_bedfordshire_council").glob("*.csv"))
    windows = [
        real_data / f"archive/luton_borough_council/luton_2024_{month}.csv" for month in ("march", "may")
    ]
    assert {guess_encodings(path.read_bytes())[0][0] for path in mac} == {"mac_roman"}
    assert {guess_encodings(path.read_bytes())[0][0] for path in windows} == {"cp1252"}
