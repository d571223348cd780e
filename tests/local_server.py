"""A web server on loopback that answers exactly what a test tells it, well or badly."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

Answer = Callable[[BaseHTTPRequestHandler], None]


class LocalServer:
    """`routes` maps a path (with its query, if it has one) to an answer; `seen` holds (path, headers).

    `arrivals` are the times of the requests, `most_open` the most connections that were open at once.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.arrivals: list[float] = []
        self.open = self.most_open = 0
        self._counting = threading.Lock()
        self._server = _QuietServer(("127.0.0.1", 0), self._handler())
        if tls:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port: int = self._server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "LocalServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        return [path for path, _ in self.seen]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                with outer._counting:
                    outer.open += 1
                    outer.most_open = max(outer.most_open, outer.open)
                super().setup()

            def finish(self) -> None:
                try:
                    super().finish()
                finally:
                    with outer._counting:
                        outer.open -= 1

            def do_GET(self) -> None:
                outer.arrivals.append(time.monotonic())
                outer.seen.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
                answer = outer.routes.get(self.path) or outer.routes.get("*")
                (answer or status(404))(self)

            def log_message(self, *arguments: object) -> None:
                return

        return Handler


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        return  # clients that hang up are what these tests are about


def body(data: bytes, content_type: str = "text/csv", **headers: str) -> Answer:
    """A well-behaved 200."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def status(code: int, **headers: str) -> Answer:
    """An answer without a body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": "0", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return answer


def redirect(location: str, code: int = 302) -> Answer:
    return status(code, Location=location)


def raw(*parts: bytes, pause: float = 0) -> Answer:
    """Bytes as they are, status line included, a pause after each part; then the connection is closed."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        stop = threading.Event()
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()
            stop.wait(pause)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """The first answer to the first request, and so on; the last one from then on."""
    remaining = list(answers)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (remaining.pop(0) if len(remaining) > 1 else remaining[0])(handler)

    return answer


def reset(handler: BaseHTTPRequestHandler) -> None:
    """The connection is torn down without a word, as some walls against programs do."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.close()
