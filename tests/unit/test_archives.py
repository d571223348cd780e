"""ZIP and gzip: every table is read under its name, hostile archives are refused. All content is invented."""

import copy
import gzip
import io
import struct
import zipfile

import pytest

from anchor_spend import archives, readers, workbooks
from anchor_spend.errors import UnreadableFileError
from anchor_spend.readers import read_tables
from anchor_spend.rules import RULES
from anchor_spend.spec import FileFormat
from made_workbooks import xlsx, zipped

DELIMITED = FileFormat(family="delimited", dates=("%d/%m/%Y",))
APRIL = "Date,Amount\n01/04/2017,1.50\n"
MAY = "Date;Amount\n01/05/2017;2.50\n"


def refusal(data: bytes) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        read_tables(data, "file.zip", DELIMITED)
    assert RULES[caught.value.rule].effect == "file" and "file.zip" in str(caught.value)
    return caught.value


def with_flag(data: bytes, *, at_directory: int, at_local: int, value: bytes) -> bytes:
    """An archive of one member with a field overwritten in both of its headers."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x01\x02", at_directory), (b"PK\x03\x04", at_local)):
        start = changed.index(mark) + at
        changed[start : start + len(value)] = value
    return bytes(changed)


# --- what is read -------------------------------------------------------------------------------------------


def test_every_member_that_is_a_table_is_read_under_its_name_and_the_others_are_named() -> None:
    data = zipped(
        {
            "payments/april.csv": APRIL,
            "may.txt": MAY,
            "book.xlsx": xlsx({"June": [["Date", "Amount"]], "Names": [["Marlow"]]}, hidden=("Names",)),
            "readme.txt": "Payments over £250.\nThese are our payments, as paid,\nmonth by month.\n",
            "logo.png": b"\x89PNG\r\n\x1a\n\x00\x00",
            "older.zip": zipped({"march.csv": APRIL}),
            "__MACOSX/._april.csv": b"\x00\x05\x16\x07",
        }
    )
    tables = read_tables(data, "file.zip", DELIMITED)
    assert [(table.sheet, table.kind, len(table.rows)) for table in tables] == [
        ("april.csv", "delimited", 2),
        ("may.txt", "delimited", 2),
        ("book.xlsx!June", "xlsx", 1),
    ]
    noted = {(finding.rule, finding.sheet) for table in tables for finding in table.findings}
    unread = {("archive_member_unread", name) for name in ("readme.txt", "logo.png", "older.zip")}
    assert noted == {*unread, ("hidden_sheet", "book.xlsx!Names")}


def test_names_are_unlike_and_paths_mean_nothing() -> None:
    data = zipped({"../../etc/a.csv": APRIL, "C:\\b\\a.csv": MAY, "a!\x07.csv": APRIL + "\n"})
    assert [table.sheet for table in read_tables(data, "file.zip", DELIMITED)] == [
        "a.csv",
        "a.csv (2)",
        "a .csv",
    ]


def test_one_table_in_two_formats_or_twice_is_read_once() -> None:
    book = xlsx({"April": [["Date", "Amount"], ["01/04/2017", "1.50"]]})
    data = zipped({"csv/April.csv": APRIL, "excel/april.xlsx": book, "copy of it.csv": APRIL, "may.csv": MAY})
    tables = read_tables(data, "file.zip", DELIMITED)
    assert [table.sheet for table in tables] == ["April.csv", "may.csv"]
    noted = [(finding.rule, finding.sheet) for finding in tables[0].findings]
    assert noted == [("archive_member_unread", "april.xlsx"), ("archive_member_unread", "copy of it.csv")]


def test_a_gzip_compressed_file_is_read_as_the_file_it_holds() -> None:
    (table,) = read_tables(gzip.compress(APRIL.encode()), "file.zip", DELIMITED)
    assert (table.sheet, table.kind, len(table.rows)) == ("", "delimited", 2)
    (table,) = read_tables(gzip.compress(xlsx({"April": [["Amount"]]})), "file.zip", DELIMITED)
    assert (table.sheet, table.kind) == ("April", "xlsx")


def test_many_files_that_are_no_tables_are_counted_not_listed() -> None:
    data = zipped({"april.csv": APRIL, **{f"{number}.html": "<html></html>" for number in range(30)}})
    (table,) = read_tables(data, "file.zip", DELIMITED)
    assert len(table.findings) == 21 and table.findings[-1].detail.startswith("10 further")


def test_a_table_that_cannot_be_read_refuses_the_archive_at_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = refusal(zipped({"april.csv": APRIL, "may.csv": b"Date,Amount\n\x81\x8d,1\n"}))
    assert error.rule == "encoding_unreadable" and error.place.sheet == "may.csv"
    monkeypatch.setattr(workbooks, "MAX_CELL_LENGTH", 10)
    error = refusal(zipped({"book.xlsx": xlsx({"April": [["a" * 11]]})}))
    assert error.rule == "cell_too_long" and error.place.sheet == "book.xlsx!April"


# --- what is refused ----------------------------------------------------------------------------------------


def overlapping() -> bytes:
    """Entries of the directory that all point to the same member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("april.csv", APRIL)
        for number in range(5):
            entry = copy.copy(archive.infolist()[0])
            entry.filename = f"{number}.csv"
            archive.filelist.append(entry)
            archive.NameToInfo[entry.filename] = entry
    return buffer.getvalue()


def larger_than_it_says() -> bytes:
    size = struct.pack("<I", 1_000)
    return with_flag(zipped({"april.csv": APRIL * 100_000}), at_directory=24, at_local=22, value=size)


def encrypted() -> bytes:
    return with_flag(zipped({"april.csv": APRIL}), at_directory=8, at_local=6, value=b"\x01")


@pytest.mark.parametrize(
    ("rule", "data"),
    [
        ("archive_too_large", zipped({"april.csv": bytes(30_000_000)})),
        ("archive_too_large", gzip.compress(bytes(30_000_000))),
        ("archive_too_large", overlapping()),
        ("archive_too_large", zipped({f"{number}.csv": APRIL for number in range(1_001)})),
        ("archive_too_large", zipped({f"{number}.csv": "" for number in range(20_001)})),
        ("archive_damaged", larger_than_it_says()),
        ("archive_damaged", zipped({"april.csv": APRIL})[:-10]),
        ("archive_damaged", gzip.compress(APRIL.encode())[:-10]),
        ("archive_locked", encrypted()),
        ("file_is_zip", zipped({"april.zip": zipped({"april.csv": APRIL})})),
        ("file_is_zip", gzip.compress(zipped({"april.csv": APRIL}))),
        ("file_is_zip", gzip.compress(gzip.compress(APRIL.encode()))),
    ],
    ids=[
        "zip bomb",
        "gzip bomb",
        "overlapping members",
        "a thousand tables",
        "twenty thousand members",
        "larger than it says",
        "zip cut off",
        "gzip cut off",
        "encrypted",
        "zip in zip",
        "zip in gzip",
        "gzip in gzip",
    ],  # not of the bytes, which hold the time they were made
)
def test_hostile_and_damaged_archives_are_refused_by_name(rule: str, data: bytes) -> None:
    assert refusal(data).rule == rule


def test_all_members_together_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 2 * len(APRIL) - 1)
    assert refusal(zipped({"a.csv": APRIL, "b.csv": APRIL})).rule == "archive_too_large"
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 10**9)
    monkeypatch.setattr(readers, "MAX_BYTES", 1_000)
    assert refusal(zipped({"a.csv": APRIL * 100})).rule == "file_too_large"
