"""Connections that go only where they may, and end when they must.

In: a resolver, which turns a host into the addresses that may be connected to. Out: a requests adapter that
connects to exactly those addresses (the name is resolved once, so it cannot point elsewhere a moment later)
and that can be cut off. Refuses private, loopback and reserved addresses, unless the resolver hands them out.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Timer
from typing import Any
from weakref import WeakSet

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from anchor_spend.errors import FetchError

Address = tuple[str, int]
Resolver = Callable[[str, int], list[Address]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def public_addresses(host: str, port: int) -> list[Address]:
    """The addresses of a host on the public internet; FetchError when one of them is not public."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    private = [address for address in found if not is_public(address)]
    if private:
        raise FetchError(
            f"{host} points to {private[0]}, an address inside a private network; it was not contacted. "
            "Check the host name in the publisher's spec, and this machine's name server.",
            is_transient=False,
        )
    return [(address, port) for address in dict.fromkeys(found)]


def is_public(address: str) -> bool:
    """Whether an IP address, and any IPv4 address wrapped in it, is on the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return all(part.is_global and not part.is_multicast for part in [ip, *_wrapped(ip)])


def _wrapped(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [part for part in inner if part is not None]


def only(origin_host: str, origin_port: int) -> Resolver:
    """A resolver that knows one origin, by its own address, and nothing else."""

    def resolve(host: str, port: int) -> list[Address]:
        if (host, port) != (origin_host, origin_port):
            raise FetchError(
                f"{host}:{port} was not contacted: a sample run talks to its own server only.",
                is_transient=False,
            )
        return [(host, port)]

    return resolve


class GuardedAdapter(HTTPAdapter):
    """One connection per host, to addresses the resolver gives; retries and redirects are the caller's."""

    def __init__(self, resolve: Resolver) -> None:
        self._resolve = resolve
        self._opened: WeakSet[socket.socket] = WeakSet()
        super().__init__(pool_connections=8, pool_maxsize=1, pool_block=True, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self._resolve, self._opened)

    @contextmanager
    def cut_off_after(self, seconds: float) -> Iterator[Event]:
        """Shut every connection down after `seconds`, however slowly bytes drip in; the event tells."""
        fired = Event()

        def shut_down() -> None:
            fired.set()
            for sock in list(self._opened):
                _shut_down(sock)

        timer = Timer(seconds, shut_down)
        timer.daemon = True
        timer.start()
        try:
            yield fired
        finally:
            timer.cancel()


def _shut_down(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # SSLSocket's own would drop its state under a reader
    except OSError:  # closed already
        return


def _pool_classes(resolve: Resolver, opened: "WeakSet[socket.socket]") -> dict[str, type[Any]]:
    class Connection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, resolve)

        def connect(self) -> None:
            super().connect()
            opened.add(self.sock)

    class SecureConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, resolve)

        def connect(self) -> None:
            super().connect()
            opened.add(self.sock)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": Pool, "https": SecurePool}


def _connect(connection: HTTPConnection, resolve: Resolver) -> socket.socket:
    """Like urllib3's own `_new_conn`, but only to the resolver's addresses, tried in turn."""
    try:
        addresses = resolve(connection.host, connection.port or 0)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            return create_connection(address, connection.timeout, socket_options=connection.socket_options)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"no connection within {connection.timeout} s") from failure
    raise NewConnectionError(connection, f"no connection: {failure}") from failure
