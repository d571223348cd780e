"""What the tests of fetching share: an invented body, its files, and what the ledger says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from anchor_spend import database
from anchor_spend.fetch import Fetcher, Limits
from anchor_spend.landing import LandingStore
from anchor_spend.records import DiscoveredFile, LandedFile
from anchor_spend.spec import Publisher
from local_server import Answer, body, status

HOST = "files.example.test"
CSV = b"Date,Supplier,Amount\n01/04/2018,Invented Widgets Ltd,12.50\n"
SIGN_IN = b"<!DOCTYPE html><html><title>Sign in</title><input type='password'></html>"
QUICK = Limits(
    connect_seconds=5, read_seconds=5, total_seconds=10, max_bytes=100_000, tries=3, backoff_seconds=0.01,
    retry_after_cap_seconds=5, delay_seconds=0, failures_to_open=6, settle_seconds=0.2,
)  # fmt: skip


def make_publisher(*hosts: str, **listing: Any) -> Publisher:
    """An invented body that publishes at `hosts`, too; `listing` changes keys of its listing."""
    return Publisher.model_validate(
        {
            "publisher_id": "invented_council",
            "name": "Invented Council",
            "org_id": "GB-LAE-XXX",
            "body_type": "council",
            "postcode": "ZZ1 1ZZ",
            "valid_from": "2009-04-01",
            "vat_basis": "net",
            "thresholds": [{"valid_from": "2009-04-01", "gbp": 250}],
            "licence": "OGL-UK-3.0",
            "streams": {
                "payments": {
                    "first_period": "2016-04",
                    "due_days": 30,
                    "listing": {
                        "urls": [f"https://{HOST}/spend"],
                        "link": "csv",
                        "hosts": list(hosts),
                        **listing,
                    },
                    "format": {"family": "delimited", "dates": ["%d/%m/%Y", "%d-%b-%Y"]},
                    "columns": {
                        "payment_date": ["Date"],
                        "supplier_name": ["Supplier"],
                        "amount": ["Amount"],
                    },
                    "expected": {"rows": [1, 100], "largest_payment_gbp": 1_000_000},
                }
            },
        }
    )


PUBLISHER = make_publisher("other.example.test")


def offered(path: str = "/april.csv", period: str = "2018-04", host: str = HOST) -> DiscoveredFile:
    return DiscoveredFile("invented_council", "payments", period, f"https://{host}{path}")


def land(fetcher: Fetcher, store: LandingStore, file: DiscoveredFile | None = None) -> LandedFile:
    return fetcher.land(file or offered(), PUBLISHER, store, "spec-1")


def attempts(columns: str = "outcome") -> list[Any]:
    with database.connect("loader") as connection:
        rows = connection.execute(
            f"select {columns} from landing.fetch_attempts order by attempt_id".encode()
        ).fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]


def versions(columns: str = "status") -> list[Any]:
    with database.connect("loader") as connection:
        rows = connection.execute(f"select {columns} from landing.file_versions order by file_id".encode())
        return [row[0] if len(row) == 1 else row for row in rows.fetchall()]


def write_authority(path: Path, *hosts: str) -> None:
    """A self-signed certificate of invented hosts, with its key in the same file."""
    path.write_bytes(_sealed("Invented test authority", None, hosts=hosts)[0])


def write_chain(folder: Path, host: str, *, days: int = 1) -> None:
    """root.pem to trust; leaf.pem of `host`, as it should be sent; alone.pem without its intermediate."""
    root, signer = _sealed("Invented root", None)
    middle, issuer = _sealed("Invented intermediate", signer)
    leaf, _ = _sealed("Invented site", issuer, hosts=[host], days=days)
    for name, content in (("root", root), ("alone", leaf), ("leaf", leaf + middle)):
        (folder / f"{name}.pem").write_bytes(content)


def _sealed(common_name: str, signer: Any, *, hosts: Sequence[str] = (), days: int = 1) -> tuple[bytes, Any]:
    """(Certificate and key as PEM, the two as a signer), signed by `signer` or by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    issuer_name, issuer_key = signer or (name, key)
    is_authority = signer is None or not hosts
    day = datetime.now(UTC) + timedelta(days=days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day - timedelta(days=2))
        .not_valid_after(day)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    encoding, clear = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, clear)
    return private + certificate.public_bytes(encoding), (name, key)


def with_etag(data: bytes, etag: str) -> Answer:
    """A file that is only sent where its ETag is not known."""

    def answer(handler: Any) -> None:
        known = handler.headers.get("If-None-Match") == etag
        (status(304) if known else body(data, ETag=etag, Last_Modified="Tue, 01 May 2018 10:00:00 GMT"))(
            handler
        )

    return answer
