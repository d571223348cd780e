"""The release as one page for people: figures, charts and tables in a single static HTML file.

In: the published release, read as an analyst. Out: <home>/reports/release_<n>/index.html and a copy of it,
<home>/reports/latest.html. The page loads nothing from anywhere, runs no script, and holds nothing analysts
may not see. Refuses (ReleaseError) an empty database and a release that is not the published one.
"""

from pathlib import Path

from anchor_spend.report import county, evidence, feeds, spending
from anchor_spend.report.data import Published, read_published
from anchor_spend.report.page import Page
from anchor_spend.report.templating import environment, style_hash, style_sheet, write_page
from anchor_spend.report.words import SOURCES, STATUSES
from anchor_spend.settings import load_settings

_SECTIONS = (
    county.headline,
    county.targets,
    spending.by_body,
    spending.scopes,
    spending.local_by_body,
    spending.suppliers,
    evidence.unresolved,
    feeds.coverage,
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
    write_page(path, page)
    write_page(reports / "latest.html", page)
    return path


def render(published: Published) -> str:
    """The page of a release; the same data give the same bytes."""
    page = Page(published)
    style = _style(page)
    template = environment().get_template("report.html.j2")
    return template.render(
        style=style,
        style_hash=style_hash(style),
        release=published.release,
        mark=page.mark,
        summary=county.summary(page),
        sections=[build(page) for build in _SECTIONS],
        statuses=STATUSES,
        sources=SOURCES,
    )


def _style(page: Page) -> str:
    """The style sheet; on invented figures it also heads every printed sheet with the warning."""
    style = style_sheet("report.css")
    if page.mark:
        style += f'@page {{ @top-center {{ content: "{page.mark.upper()}"; font: 700 9pt sans-serif; }} }}\n'
    return style
