"""The way to live sites over real sockets: TLS, private addresses and proxies."""

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path

import pytest

from anchor_spend import network
from anchor_spend.discover import discover
from anchor_spend.errors import DiscoverError, FetchError, SettingsError
from anchor_spend.fetch import Fetcher
from anchor_spend.landing import LandingStore
from anchor_spend.records import RunRequest
from fetching import CSV, HOST, QUICK, land, make_publisher, offered, versions, write_chain
from local_server import LocalServer, body, redirect

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger", "no_proxy")]


def test_live_over_tls(secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore) -> None:
    secure_server.routes["/april.csv"] = redirect("https://other.example.test/april.csv?x=1")
    secure_server.routes["/april.csv?x=1"] = body(CSV)
    landed = land(live(), store)
    assert landed.url == f"https://{HOST}/april.csv"
    assert versions("is_synthetic, source") == [(False, "live")]
    assert secure_server.paths() == ["/robots.txt", "/april.csv", "/robots.txt", "/april.csv?x=1"]
    hosts = [headers["host"] for _, headers in secure_server.seen]
    assert hosts == [HOST, HOST, "other.example.test", "other.example.test"]


def test_an_unverifiable_certificate_is_never_accepted(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    with pytest.raises(FetchError, match="no certificate that can be verified") as raised:
        land(live(ca_bundle=""), store)
    assert not raised.value.is_transient
    assert secure_server.seen == []


@pytest.mark.parametrize(
    ("sent", "days", "is_trusted"), [("leaf", 1, True), ("alone", 1, False), ("leaf", -1, False)]
)
def test_a_chain_that_cannot_be_followed_is_never_accepted(
    sent: str, days: int, is_trusted: bool, store: LandingStore, tmp_path: Path
) -> None:
    """Small sites forget the intermediate certificate, or to renew: nothing is taken on trust."""
    write_chain(tmp_path, HOST, days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / f"{sent}.pem")
    with LocalServer(context) as site:
        site.routes["*"] = body(CSV)
        fetcher = Fetcher(
            "live",
            "test-run",
            limits=QUICK,
            resolve=lambda host, port: [("127.0.0.1", site.port)],
            ca_bundle=str(tmp_path / "root.pem"),
        )
        if is_trusted:
            assert land(fetcher, store).size_bytes == len(CSV)
            return
        with pytest.raises(FetchError, match="administrator must repair it"):
            land(fetcher, store)
        assert site.seen == []


def test_a_certificate_of_another_host_is_never_accepted(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    publisher = make_publisher("third.example.test")
    with pytest.raises(FetchError, match="no certificate that can be verified"):
        live().land(offered(host="third.example.test"), publisher, store, "spec-1")
    assert secure_server.seen == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.1.2.3", "169.254.169.254"])
def test_private_addresses_are_refused_by_default(host: str, store: LandingStore) -> None:
    fetcher = Fetcher("live", "test-run", limits=QUICK)
    with pytest.raises(FetchError, match="private network") as raised:
        fetcher.land(offered(host=host), make_publisher(host), store, "spec-1")
    assert not raised.value.is_transient


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.1.2.3", "169.254.169.254"])
def test_no_catalogue_or_web_archive_is_private_either(host: str, store: LandingStore) -> None:
    fetcher = Fetcher("live", "test-run", limits=QUICK)
    catalogue = make_publisher(kind="ckan", urls=[f"https://{host}/api/3/action/package_show?id=a"])
    with pytest.raises(DiscoverError, match="private network"):
        discover(catalogue, RunRequest("live"), fetcher)
    prefix = f"https://{host}/web/20210401id_/"
    retired = make_publisher(replay=prefix)
    with pytest.raises(FetchError, match="private network"):
        fetcher.land(replace(offered(), url=f"{prefix}https://{HOST}/april.csv"), retired, store, "spec-1")


def test_a_name_that_points_elsewhere_a_moment_later(
    store: LandingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each connection goes to the very address that was checked; the next one is checked anew."""
    public = "151.101.2.133"
    answers = chain([public], repeat("127.0.0.1"))
    connected: list[str] = []

    def resolved(host: str, port: int, **options: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def refused(address: network.Address, *arguments: object, **options: object) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(network, "create_connection", refused)
    fetcher = Fetcher("live", "test-run", limits=QUICK)
    with pytest.raises(FetchError, match="private network") as raised:
        land(fetcher, store)
    assert not raised.value.is_transient
    assert connected == [public]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("151.101.2.133", True), ("2a04:4e42::645", True), ("127.0.0.1", False), ("0.0.0.0", False),
        ("192.168.1.1", False), ("100.64.0.1", False), ("169.254.1.1", False), ("224.0.0.1", False),
        ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False), ("2002:a00:1::", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    assert network.is_public(address) is expected


def test_a_host_without_an_address(store: LandingStore) -> None:
    def unknown(host: str, port: int) -> list[network.Address]:
        raise socket.gaierror(-2, "Name or service not known")

    fetcher = Fetcher("live", "test-run", limits=QUICK, resolve=unknown)
    with pytest.raises(FetchError, match="cannot be found") as raised:
        land(fetcher, store)
    assert raised.value.is_transient


def test_a_proxy_is_used_where_one_is_set(
    server: LocalServer, store: LandingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            for _ in range(3):
                connection, _ = listener.accept()
                with connection:
                    asked.append(connection.recv(1000).partition(b"\r\n")[0].decode())
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(FetchError):
            land(Fetcher("live", "test-run", limits=QUICK), store)
        thread.join(5)
    assert [line.rpartition(" ")[0] for line in asked] == [f"CONNECT {HOST}:443"] * 3


@pytest.mark.parametrize(
    "origin", ["http://10.0.0.1:80", "https://127.0.0.1:1", "http://example.test:80", "http://127.0.0.1"]
)
def test_the_sample_server_is_on_loopback(origin: str) -> None:
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1:PORT"):
        Fetcher("sample", "test-run", sample_origin=origin)


def test_a_sample_run_and_only_a_sample_run_has_a_server() -> None:
    with pytest.raises(SettingsError, match="sample server"):
        Fetcher("sample", "test-run")
    with pytest.raises(SettingsError, match="sample server"):
        Fetcher("live", "test-run", sample_origin="http://127.0.0.1:1")
