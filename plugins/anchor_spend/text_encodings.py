"""Turn the bytes of a text file into characters.

In: bytes known to be text, and the encodings a spec lists. Out: the text and the encoding that read it; or,
for a file nobody has described yet, the encodings that may fit, each with its evidence. Refuses bytes that
are no text in any listed encoding: nothing is replaced or dropped.

'mixed' may be listed beside the names Python knows: files put together from several systems hold lines in
UTF-8 and lines in cp1252. What a single-byte encoding means is told by what English ledgers hold: pound
signs, dashes, apostrophes, e acute. charset-normalizer weighs letters of running prose, of which ledgers have
none (it reads most Mac Roman ledgers as cp1252, and pound signs alone as Central European), so it is asked
second.
"""

import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from anchor_spend.errors import Place
from anchor_spend.records import Finding
from anchor_spend.rules import remark, unreadable

MIXED = "mixed"  # each line strictly UTF-8, else strictly cp1252
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SINGLE_BYTE = ("cp1252", "mac_roman", "cp850")  # Windows, Mac and DOS; the likeliest first
# what English ledgers hold beyond ASCII; the same byte is a rare letter in the rival encodings
_USUAL = frozenset("£€–—‘’“”•…éü½¼®™´\u00a0")
_ASCII = bytes(range(0x80))
_HALF_READ_UTF8 = re.compile("Â[£\u00a0´½¼°·]|â€|Ã[©¨¢¶¼±]")
_UTF16_SAMPLE = 4096
_SECOND_OPINION_BYTES = 50_000


def decode(data: bytes, encodings: tuple[str, ...], place: Place) -> tuple[str, str]:
    """Text and the encoding that read it: the bytes' own mark decides, else the first that fits strictly."""
    marked = find_marked(data)
    problems = []
    for encoding in [marked] if marked else encodings:
        try:
            return _decode_strictly(data, encoding), encoding
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            problems.append(f"{encoding} fails at byte {error.start + 1:,} (line {line:,})")
        except LookupError:
            problems.append(f"{encoding} is not an encoding Python knows")
    raise unreadable("encoding_unreadable", f"{'; '.join(problems)}.", place)


def find_marked(data: bytes) -> str | None:
    """The encoding the bytes give away themselves: a byte order mark, or UTF-16 without one by its NULs."""
    for mark, name in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return name
    sample = data[:_UTF16_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    # English text in UTF-16: every second byte is NUL, save for a pound sign's neighbour or a dash
    most, least = 0.8 * (len(sample) // 2), 0.02 * len(sample)
    if len(sample) >= 4 and odd >= most and even <= least:
        return "utf-16-le"
    return "utf-16-be" if len(sample) >= 4 and even >= most and odd <= least else None


def _decode_strictly(data: bytes, encoding: str) -> str:
    if encoding != MIXED:
        return data.decode(encoding, errors="strict")
    try:
        return data.decode("utf-8-sig", errors="strict")
    except UnicodeDecodeError:
        return "".join(_mixed_lines(data))


def _mixed_lines(data: bytes) -> Iterator[str]:
    start = 0
    for line in data.splitlines(keepends=True):
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            try:
                yield line.decode("cp1252")
            except UnicodeDecodeError as error:
                at = start + error.start
                raise UnicodeDecodeError(MIXED, data, at, at + 1, error.reason) from None
        start += len(line)


def find_doubts(data: bytes, text: str, encoding: str) -> Iterator[Finding]:
    """A single-byte encoding never fails, so say when what it made of the bytes looks wrong."""
    if data.isascii():
        return
    half_read = len(_HALF_READ_UTF8.findall(text))
    if half_read:
        detail = f"{half_read} places read as {encoding} look like UTF-8 read in another encoding."
        yield remark("encoding_doubtful", "warning", detail)
    if encoding not in _SINGLE_BYTE:
        return
    beyond_ascii = data.translate(None, _ASCII)
    counts = {name: _count_usual(beyond_ascii, name) for name in _SINGLE_BYTE}
    usual = counts[encoding]
    best = max(counts, key=lambda name: counts[name])
    if counts[best] > usual:
        detail = (
            f"Read as {encoding}, {usual} characters beyond ASCII are usual ones; as {best}, {counts[best]}."
        )
        yield remark("encoding_doubtful", "warning", detail)


def _count_usual(beyond_ascii: bytes, encoding: str) -> int:
    return sum(character in _USUAL for character in beyond_ascii.decode(encoding, errors="replace"))


def guess_encodings(data: bytes) -> list[tuple[str, str]]:
    """The encodings that read a text file, the likeliest first, each with the evidence in words."""
    marked = find_marked(data)
    if marked:
        return [(marked, "the file begins with its byte order mark, or every second byte is NUL")]
    if data.isascii():
        return [("utf-8-sig", "every byte is ASCII, which all encodings read alike")]
    lines = [line for line in data.splitlines() if not line.isascii()]
    in_utf8 = sum(_reads(line, "utf-8") for line in lines)
    if in_utf8 == len(lines):
        return [("utf-8-sig", f"all {in_utf8:,} lines beyond ASCII are valid UTF-8")]
    guesses = _single_byte_guesses(b"\n".join(lines))
    if in_utf8:
        evidence = f"{in_utf8:,} of {len(lines):,} lines beyond ASCII are valid UTF-8, the others are not"
        return [(MIXED, evidence), *guesses]
    return guesses


def _single_byte_guesses(sample: bytes) -> list[tuple[str, str]]:
    """Those that read every byte, by how many characters are ones that English ledgers hold."""
    beyond_ascii = sample.translate(None, _ASCII)
    counts = {name: _count_usual(beyond_ascii, name) for name in _SINGLE_BYTE if _reads(beyond_ascii, name)}
    second = from_bytes(sample[:_SECOND_OPINION_BYTES], cp_isolation=list(_SINGLE_BYTE)).best()
    agrees = second.encoding if second else ""
    guesses = []
    for name in sorted(counts, key=lambda name: -counts[name]):
        evidence = f"{counts[name]:,} of {len(beyond_ascii):,} characters beyond ASCII are usual ones"
        guesses.append((name, evidence + ("; charset-normalizer agrees" if name == agrees else "")))
    return guesses or [("latin-1", "reads any byte, some of them as control characters")]


def _reads(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding, errors="strict")
    except UnicodeDecodeError:
        return False
    return True
