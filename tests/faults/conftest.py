"""Servers that misbehave on demand, in clear and over TLS, and fetchers that reach nothing else."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anchor_spend import network
from anchor_spend.fetch import Fetcher, Limits
from anchor_spend.landing import LandingStore
from fetching import HOST, QUICK, write_authority
from local_server import LocalServer


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine's way to the internet is, the servers of these tests are on it."""
    for name in ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> LandingStore:
    return LandingStore(str(tmp_path / "landing"))


@pytest.fixture
def fetcher(server: LocalServer) -> Fetcher:
    return Fetcher("sample", "test-run", sample_origin=server.origin, limits=QUICK)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the invented hosts, of an invented web archive and of an invented catalogue."""
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    write_authority(path, HOST, "other.example.test", "archive.example.test", "retired.example.test")
    return path


@pytest.fixture
def secure_server(authority: Path) -> Iterator[LocalServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    with LocalServer(context) as running:
        yield running


@pytest.fixture
def live(secure_server: LocalServer, authority: Path) -> Callable[..., Fetcher]:
    """A live fetcher whose every host is the secure server."""

    def make(limits: Limits = QUICK, ca_bundle: str = str(authority)) -> Fetcher:
        def addresses(host: str, port: int) -> list[network.Address]:
            return [("127.0.0.1", secure_server.port)]

        return Fetcher("live", "test-run", limits=limits, resolve=addresses, ca_bundle=ca_bundle)

    return make
