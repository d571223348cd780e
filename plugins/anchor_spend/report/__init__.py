"""The release as one page for people: figures, charts and tables in a single static HTML file.

In: the published release, read as an analyst. Out: <home>/reports/release_<n>/index.html and a copy of it,
<home>/reports/latest.html. The page loads nothing from anywhere, runs no script, and holds nothing analysts
may not see. Refuses (ReleaseError) an empty database and a release that is not the published one.
"""

import base64
import hashlib
import os
import tempfile
from pathlib import Path

from anchor_spend.report import county, evidence, spending
from anchor_spend.report.data import Published, read_published
from anchor_spend.report.page import Page
from anchor_spend.report.words import SOURCES, STATUSES, cell, day, month
from anchor_spend.settings import load_settings

_TEMPLATES = Path(__file__).parent / "templates"
_SECTIONS = (
    county.headline,
    county.targets,
    spending.by_body,
    spending.scopes,
    spending.local_by_body,
    spending.suppliers,
    evidence.unresolved,
    evidence.coverage,
    evidence.quality,
    evidence.method,
)


def write_report(release_number: int | None = None) -> Path:
    """Write the page of the published release; returns <home>/reports/release_<n>/index.html.

    ReleaseError when nothing is published, or `release_number` is not the published release.
    """
    published = read_published(release_number)
    page = render(published)
    reports = load_settings().reports
    path = reports / f"release_{published.release['release_number']}" / "index.html"
    _write(path, page)
    _write(reports / "latest.html", page)
    return path


def render(published: Published) -> str:
    """The page of a release; the same data give the same bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(cell=cell, day=day, month=month)
    page = Page(published)
    style = _style(page)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        style=style,
        style_hash=f"sha256-{digest}",
        release=published.release,
        mark=page.mark,
        summary=county.summary(page),
        sections=[build(page) for build in _SECTIONS],
        statuses=STATUSES,
        sources=SOURCES,
    )


def _style(page: Page) -> str:
    """The style sheet; on invented figures it also heads every printed sheet with the warning."""
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    if page.mark:
        style += f'@page {{ @top-center {{ content: "{page.mark.upper()}"; font: 700 9pt sans-serif; }} }}\n'
    return style


def _write(path: Path, text: str) -> None:
    """Replace the file in one step: a reader sees the old page or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
