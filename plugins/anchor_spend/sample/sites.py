"""What the sample's web sites are made of: pages, routes and addresses.

In: links. Out: pages that say they are a synthetic sample, and Route objects: what the server answers where.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

NOTICE = (
    "SYNTHETIC SAMPLE DATA. Invented payments, invented suppliers. This is not a page of the body it names."
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Route:
    """One address the server answers: a file under the folder, or a redirect, from a revision on."""

    address: str  # 'HOST/PATH' or 'HOST/PATH?QUERY'
    file: str = ""  # relative to the folder
    content_type: str = "text/html; charset=utf-8"
    disposition: str = ""
    location: str = ""  # redirect
    last_modified: str = ""  # date of publication, YYYY-MM-DD
    revision: int = 1


@dataclass(frozen=True)
class Address:
    """Where one file is published: the link on the page, the address that answers with it, its own name."""

    link: str  # path on the body's own site, or an absolute URL
    route: str
    file_name: str
    content_type: str = "text/csv"
    is_attachment: bool = False


@dataclass
class Site:
    """The pages and routes of the sample's web sites, as they are made."""

    routes: list[Route] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)  # 'HOST/PATH' -> HTML, or JSON of a catalogue

    def add_page(self, address: str, title: str, body: str) -> None:
        self.pages[address] = _page(title, body)


def _page(title: str, body: str) -> str:
    style = "border:3px solid #b00;padding:1em"
    notice = f'<p role="note" style="{style}"><strong>{NOTICE}</strong></p>'
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)} (synthetic sample)</title></head>\n<body>\n{notice}\n"
        f"<main><h1>{escape(title)}</h1>\n{body}\n</main>\n{notice}\n</body></html>\n"
    )


def links_of(items: Iterable[tuple[str, str]]) -> str:
    lines = [f'<li><a href="{escape(href)}">{text}</a></li>' for href, text in items]
    return "<ul>\n" + "\n".join(lines) + "\n</ul>"
