"""What an answer is: a file, a sign-in page, an error page; and what a file in it is called.

In: headers (lower-case names), bytes and the address they came from. Out: names, sentences, and errors that
say what to do. Pure functions.
"""

import re
import zlib
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

from anchor_spend.errors import FetchError

_TRY_LATER = (408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524)

_HTML = re.compile(
    rb"(?:\s|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body|title|meta|script|div|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_SIGN_IN_ADDRESS = re.compile(
    r"//(login|signin|auth|sso|adfs|accounts?|idp)\.|/(login|log-in|signin|sign-in|_forms|authenticate)\b",
    re.IGNORECASE,
)
_SIGN_IN_PAGE = re.compile(rb"type=.?password|sign in to|log in to|login\.microsoftonline", re.IGNORECASE)
_NOT_FOUND_PAGE = re.compile(
    rb"\b404\b|not found|can.?t be found|cannot be found|no longer (?:available|exists)", re.IGNORECASE
)
_HEAD_BYTES = 200_000
_EXTENDED_NAME = re.compile(r"filename\*\s*=\s*([\w-]*)'[^']*'([^;]+)", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")


def looks_like_html(data: bytes) -> bool:
    """Whether the bytes begin like a web page, whatever the headers say."""
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    return _HTML.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def looks_like_json(data: bytes) -> bool:
    """Whether the bytes begin like a JSON object."""
    return data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def is_sign_in_address(url: str) -> bool:
    """Whether an address is where people are asked to sign in."""
    return _SIGN_IN_ADDRESS.search(url) is not None


def describe(headers: dict[str, str], data: bytes, url: str) -> str:
    """What came: content type, size and host, for a message."""
    kind = headers.get("content-type") or "no content type"
    return f"{kind[:80]}, {len(data):,} bytes, from {urlsplit(url).hostname or 'a file'}"


def why_no_file(data: bytes, url: str) -> tuple[str, str] | None:
    """(What the bytes are instead of a file, what to do about it); None when they may be a file."""
    if not data:
        return "an empty file", "Ask the publisher to publish it again."
    if looks_like_json(data):
        return "a JSON message", "Open the link in a browser; if it shows no file, tell the publisher."
    if not looks_like_html(data):
        return None
    head = data[:_HEAD_BYTES]
    if is_sign_in_address(url) or _SIGN_IN_PAGE.search(head):
        return "a sign-in page", (
            "The link is not public: ask the publisher for a link that needs no account, "
            "or put the file into the body's inbox folder."
        )
    if _NOT_FOUND_PAGE.search(head):
        return "an error page", (
            "The listing links a file that is gone: tell the publisher, or put the file into the body's "
            "inbox folder."
        )
    return "a web page", (
        "Open the link in a browser: if it shows a page with the file behind it, the spec's listing must "
        "follow that page; if the host blocks programs, ask the publisher."
    )


def file_name(headers: dict[str, str], url: str, fallback: str) -> str:
    """The file's own name: from Content-Disposition, else from the address, else `fallback`."""
    named = _disposition_name(headers.get("content-disposition", ""))
    if not named:
        segments = [unquote(segment) for segment in urlsplit(url).path.split("/")]
        with_suffix = [segment for segment in segments if re.search(r"\.[A-Za-z0-9]{2,5}$", segment)]
        named = with_suffix[-1] if with_suffix else fallback
    return _UNSAFE.sub("_", re.split(r"[/\\]", named)[-1]).strip()[:200] or fallback


def _disposition_name(value: str) -> str:
    """The name in a header, however it was encoded: RFC 5987, RFC 2047, percent signs, or bare bytes."""
    extended = _EXTENDED_NAME.search(value)
    if extended:  # stands before the plain one, says RFC 6266
        try:
            return unquote(extended[2].strip(' "'), extended[1] or "utf-8", "strict")
        except (LookupError, UnicodeError):
            pass
    message = Message()
    message["content-disposition"] = value
    name = message.get_filename() or ""
    for charset in ("utf-8", "cp1252"):  # headers are read as latin-1; servers send what they have
        try:
            name = name.encode("latin-1").decode(charset)
            break
        except UnicodeError:
            continue
    if "=?" in name:
        name = _decoded_words(name)
    return unquote(name) if re.search(r"%[0-9A-Fa-f]{2}", name) else name


def _decoded_words(name: str) -> str:
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, UnicodeError):
        return name


def retry_after(value: str) -> float:
    """Seconds a Retry-After header asks us to wait; 0 when it does not say so in a way that can be read."""
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def decompress(raw: bytes, encoding: str, max_bytes: int) -> bytes:
    """The body without its content encoding; FetchError before more than `max_bytes` of it are in memory."""
    if encoding.strip().lower() in ("", "identity"):
        return raw
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise FetchError(
            f"The answer is encoded as {encoding[:40]!r}, which was not asked for. Tell the publisher.",
            is_transient=False,
        )
    body = b""
    while raw:
        member = zlib.decompressobj(31)  # 31: gzip with its header and check sum
        try:
            body += member.decompress(raw, max_bytes + 1 - len(body))
        except zlib.error as error:
            raise FetchError(f"The answer's gzip encoding is damaged: {error}.", is_transient=True) from error
        if len(body) > max_bytes:
            raise too_large(max_bytes)
        if not member.eof:
            raise FetchError("The answer was cut off: its gzip encoding does not end.", is_transient=True)
        raw = member.unused_data
    return body


def too_large(max_bytes: int) -> FetchError:
    """The error of a body over the size cap."""
    return FetchError(
        f"The answer is larger than {max_bytes:,} bytes and was not taken. Check that the link leads to one "
        "month's payments.",
        is_transient=False,
    )


def status_error(url: str, status: int) -> FetchError:
    """The error of an answer that is neither 200 nor a redirect."""
    if status in _TRY_LATER:
        reason = "the host is busy or in trouble. Try later."
    elif status in (404, 410):
        reason = (
            "it is gone. Where a listing still links it, tell the publisher. Versions fetched earlier stay."
        )
    elif status in (401, 403, 407, 451):
        reason = (
            "the host refuses us. Set ANCHOR_SPEND_CONTACT so that it knows who asks, ask the publisher to "
            "allow it, or put the file into the body's inbox folder."
        )
    else:
        reason = "this is neither a file nor a page. Open it in a browser and correct the spec."
    message = f"{url} answered {status}: {reason}"
    return FetchError(message, is_transient=status in _TRY_LATER, status=status)
