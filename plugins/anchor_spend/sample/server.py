"""The sample's publishers as one small web server, on the loopback address only.

In: a folder written by sample.county. Answers /HOST/PATH as that host's site would: listing pages, files with
ETag and Last-Modified (304 when nothing changed), sign-in pages for share links, 404 for links that died.
With revision 2 one month is published again. Logs to stderr or a file, prints nothing.
"""

import argparse
import hashlib
import json
import logging
import signal
import sys
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

from anchor_spend.errors import SettingsError
from anchor_spend.sample.sites import NOTICE, Route

logger = logging.getLogger(__name__)

_NOT_FOUND = (
    '<!DOCTYPE html>\n<html lang="en"><head><title>Page not found</title></head>'
    f"<body><p><strong>{NOTICE}</strong></p><h1>404: page not found</h1></body></html>\n"
)


def load_routes(folder: Path, revision: int = 1) -> dict[str, Route]:
    """What is answered where: of each address the newest version up to `revision`."""
    path = folder / "routes.json"
    if not path.exists():
        raise SettingsError(f"{folder} holds no sample county (routes.json is missing). Write one first.")
    routes = [Route(**item) for item in json.loads(path.read_text(encoding="utf-8"))]
    routes.sort(key=lambda route: route.revision)
    return {route.address: route for route in routes if route.revision <= revision}


def make_server(folder: Path, port: int = 0, revision: int = 1) -> ThreadingHTTPServer:
    """A server bound to the loopback address, not yet serving; port 0 takes a free one."""
    routes = load_routes(folder, revision)

    class Handler(SampleHandler):
        pass

    Handler.folder, Handler.routes = folder, routes
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


class SampleHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the routes; nothing that is not a route can be read."""

    folder: Path
    routes: dict[str, Route]
    protocol_version = "HTTP/1.1"
    server_version = "SyntheticSample/1"

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        route = self._find()
        if route is None:
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": "text/html"}, _NOT_FOUND.encode(), with_body)
        elif route.location:
            self._send(HTTPStatus.FOUND, {"Location": route.location}, b"", with_body)
        else:
            self._send_file(route, with_body)

    def _find(self) -> Route | None:
        """The route of the whole address, else of its path alone."""
        path, _, query = self.path.lstrip("/").partition("?")
        return self.routes.get(f"{unquote(path)}?{query}") or self.routes.get(unquote(path))

    def _send_file(self, route: Route, with_body: bool) -> None:
        body = (self.folder / route.file).read_bytes()
        modified = datetime.fromisoformat(f"{route.last_modified}T09:00:00").replace(tzinfo=UTC)
        headers = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:24]}"',
            "Last-Modified": format_datetime(modified, usegmt=True),
            "X-Sample": "synthetic",
        }
        if self._is_unchanged(headers["ETag"], modified):
            self._send(HTTPStatus.NOT_MODIFIED, headers, b"", with_body)
            return
        headers["Content-Type"] = route.content_type
        if route.disposition:
            name = route.disposition
            headers["Content-Disposition"] = (
                f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(name)}"
            )
        self._send(HTTPStatus.OK, headers, body, with_body)

    def _is_unchanged(self, etag: str, modified: datetime) -> bool:
        """If-None-Match decides where it is given, else If-Modified-Since."""
        known = self.headers.get("If-None-Match")
        if known is not None:
            return (
                etag in [tag.strip().removeprefix("W/") for tag in known.split(",")] or known.strip() == "*"
            )
        since = self.headers.get("If-Modified-Since")
        try:
            return since is not None and parsedate_to_datetime(since) >= modified
        except (ValueError, TypeError):
            return False

    def _send(self, status: HTTPStatus, headers: dict[str, str], body: bytes, with_body: bool) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        logger.info("%s %s", self.address_string(), format % args)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; the port stands in <folder>/port."""
    parser = argparse.ArgumentParser(prog="python -m anchor_spend.sample.server", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--folder", dest="named_folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--revision", type=int, default=1, choices=(1, 2))
    parser.add_argument("--log", type=Path, help="a file; default: standard error")
    options = parser.parse_args(arguments)
    folder = options.named_folder or options.folder
    if folder is None:
        parser.error("name the folder of the sample county")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may start us with it ignored
    logging.basicConfig(filename=options.log, level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        server = make_server(folder, options.port, options.revision)
    except (SettingsError, OSError) as error:
        sys.stderr.write(f"The sample's publishers cannot be served: {error}\n")
        return 1
    (folder / "port").write_text(str(server.server_address[1]), encoding="utf-8")
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        logger.info("interrupted")
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
