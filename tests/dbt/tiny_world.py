"""A tiny invented world in the real tables, written row by row so that each test says what it needs.

Every name here is invented. Amounts are given in pounds as text ('12.50') and stored to the penny.
"""

import hashlib
import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg

from anchor_spend import database, transform
from anchor_spend.periods import Cadence, due_date, file_months, file_period, months_between

LUTON, BEDFORD, POLICE = "luton_borough_council", "bedford_borough_council", "bedfordshire_police"
TRUST = "trust_of_three_counties"  # a memo body; its files are quarterly
_ORG_IDS = {LUTON: "GB-LAE-LUT", BEDFORD: "GB-LAE-BDF", POLICE: "GB-PFA-BEDS", TRUST: "GB-NHS-TTC"}
_TYPES = {LUTON: "council", BEDFORD: "council", POLICE: "police", TRUST: "nhs_trust"}

# postcode, authority, easting, northing
POSTCODES = [
    ("LU1 1AA", "E06000032", 509000, 221000),  # town centre
    ("LU2 9AA", "E06000056", 512000, 220000),  # Luton post town, but in Central Bedfordshire
    ("LU6 2AA", "E06000060", 497000, 219000),  # LU area outside the county
    ("MK40 1AA", "E06000055", 505000, 249800),  # Bedford
    ("MK43 0AA", "E06000056", 494000, 243000),  # an MK postcode inside the county
    ("MK9 1AA", "E06000042", 485000, 238800),  # Milton Keynes
    ("EC1A 1AA", "E09000001", 532000, 181500),  # London
]


def supplier_key(name: str, number: str = "", postcode: str = "") -> str:
    """A stand-in for names.supplier_key: the models only need equal keys for equal suppliers."""
    return hashlib.sha256(f"{name.casefold()}|{number}|{postcode}".encode()).hexdigest()[:16]


@dataclass
class Payment:
    """One published payment; `supplier` None with redacted False is a blank name."""

    supplier: str | None
    amount: str
    category: str | None = "Supplies"
    department: str | None = "Corporate"
    redacted: bool = False
    postcode: str = ""


@dataclass
class World:
    """Writes into an empty, migrated database through one owner connection."""

    connection: psycopg.Connection[Any]
    is_synthetic: bool = True
    clock: Any = field(default_factory=lambda: itertools.count(1))

    def add_reference(self, postcodes: Iterable[tuple[str, str, int, int]] = POSTCODES) -> None:
        for postcode, authority, easting, northing in postcodes:
            area = "".join(itertools.takewhile(str.isalpha, postcode))
            self._insert(
                "reference.postcodes", is_synthetic=self.is_synthetic, postcode=postcode, postcode_area=area,
                outward_code=postcode.split()[0], authority_code=authority, easting=easting,
                northing=northing,
            )  # fmt: skip

    def add_company(self, number: str, name: str, postcode: str | None) -> None:
        self._insert(
            "reference.companies", is_synthetic=self.is_synthetic, company_number=number, company_name=name,
            postcode=postcode,
        )  # fmt: skip

    def add_public_body(
        self, entity_id: str, name: str, kind: str, postcode: str, publisher_id: str | None = None
    ) -> None:
        self._insert(
            "reference.public_bodies", is_synthetic=self.is_synthetic, entity_id=entity_id, body_name=name,
            body_type=kind, postcode=postcode, publisher_id=publisher_id,
        )  # fmt: skip

    def add_charity(self, number: str, name: str, postcode: str, company_number: str | None = None) -> None:
        self._insert(
            "reference.organisations", is_synthetic=self.is_synthetic, entity_id=f"GB-CHC-{number}",
            register="ccew", organisation_name=name, postcode=postcode, company_number=company_number,
        )  # fmt: skip

    def print_number(self, key: str, scheme: str, identifier: str) -> None:
        """A number printed beside a supplier."""
        self._insert(
            "landing.supplier_identifiers", is_synthetic=self.is_synthetic, supplier_key=key, scheme=scheme,
            identifier=identifier,
        )  # fmt: skip

    def link(self, member: str, group: str, basis: str) -> None:
        """What a register says of a group."""
        self._insert(
            "reference.group_links", is_synthetic=self.is_synthetic, link_id=f"{member} > {group} {basis}",
            member_entity_id=member, group_entity_id=group, basis=basis, confidence="stated",
            source="a register",
        )  # fmt: skip

    def decide(
        self, name: str, entity_id: str | None = None, kind: str = "organisation", postcode: str = ""
    ) -> str:
        """A supplier as published, and who it is."""
        key = supplier_key(name, "", postcode)
        self._insert(
            "landing.suppliers", is_synthetic=self.is_synthetic, supplier_key=key, supplier_name=name,
            postcode=postcode,
        )  # fmt: skip
        self._insert_decision(key, entity_id, "exact_name" if entity_id else "unmatched", kind)
        return key

    def redecide(self, key: str, entity_id: str | None) -> None:
        """A later decision replaces the one in force."""
        self.connection.execute(
            "update warehouse.supplier_decisions set superseded_at = now() where supplier_key = %s", [key]
        )
        self._insert_decision(key, entity_id, "company_number", "organisation")

    def _insert_decision(self, key: str, entity_id: str | None, method: str, kind: str) -> None:
        self._insert(
            "warehouse.supplier_decisions", is_synthetic=self.is_synthetic, supplier_key=key,
            entity_id=entity_id, method=method, score=Decimal("0.9") if entity_id else None, payee_kind=kind,
            band="accept" if entity_id else "reject", evidence=json.dumps({"reads_as": kind}),
            engine_version="test", reference_fingerprint="test",
        )  # fmt: skip

    def accept(
        self,
        publisher_id: str,
        period: str,
        payments: list[Payment],
        *,
        stream: str = "payments",
        aside: str = "",
    ) -> int:
        """A version of a month that counts; the version that counted before is superseded."""
        tick = next(self.clock)
        self.connection.execute(
            """update landing.file_versions set status = 'superseded', superseded_at = now()
               where (is_synthetic, publisher_id, stream, period, status) = (%s, %s, %s, %s, 'accepted')""",
            [self.is_synthetic, publisher_id, stream, period],
        )
        pence = sum(int(Decimal(payment.amount) * 100) for payment in payments)
        set_aside = int(Decimal(aside) * 100) if aside else 0
        file_id = self._file(
            publisher_id, stream, period, tick, status="accepted", rows_read=len(payments) + bool(aside),
            pence_read=pence + set_aside, rows_payments=len(payments), pence_payments=pence, rows_rejected=0,
            pence_rejected=0, rows_excluded=int(bool(aside)), pence_excluded=set_aside,
            accepted_at=f"2019-01-01 00:00:{tick:02d}+00",
        )  # fmt: skip
        if aside:
            self._insert(
                "landing.set_aside", file_id=file_id, is_rejected=False, sheet="", row_number=1,
                rule="total_row", column_name="amount", detail="", amount_gbp=Decimal(aside),
            )  # fmt: skip
        self._pay(file_id, publisher_id, stream, period, payments)
        return file_id

    def reject(self, publisher_id: str, period: str) -> int:
        """A version that could not be read."""
        return self._file(
            publisher_id, "payments", period, next(self.clock), status="rejected", status_reason="header",
            status_rule="column_missing",
        )  # fmt: skip

    def note_drift(self, file_id: int, compared_file_id: int) -> None:
        """A column renamed between two files of a stream."""
        self.connection.execute(
            """insert into quality.feed_drift (is_synthetic, publisher_id, stream, period, file_id,
                   compared_file_id, rule, severity, column_name, before, after)
               select is_synthetic, publisher_id, stream, period, file_id, %s, 'column_renamed', 'critical',
                      'supplier', 'supplier', 'vendor'
               from landing.file_versions where file_id = %s""",
            [compared_file_id, file_id],
        )

    def _file(self, publisher_id: str, stream: str, period: str, tick: int, **columns: Any) -> int:
        sha256 = hashlib.sha256(f"{publisher_id}{period}{tick}".encode()).hexdigest()
        return int(
            self._insert(
                "landing.file_versions", is_synthetic=self.is_synthetic, source="sample",
                publisher_id=publisher_id, stream=stream, period=period, sha256=sha256,
                file_name=f"{period}.csv", size_bytes=1, url="http://x", returning="file_id", **columns,
            )
        )  # fmt: skip

    def _pay(
        self, file_id: int, publisher_id: str, stream: str, period: str, payments: list[Payment]
    ) -> None:
        for number, payment in enumerate(payments, start=2):
            named = payment.supplier if not payment.redacted else None
            key = supplier_key(named, "", payment.postcode) if named else None
            self._insert(
                "landing.payments", file_id=file_id, sheet="", row_number=number, publisher_id=publisher_id,
                stream=stream, period=period, payment_date=f"{period}-15", date_basis="payment",
                amount_gbp=Decimal(payment.amount), vat_basis="net", is_redacted=payment.redacted,
                supplier_key=key, department=payment.department, category=payment.category,
                description="Free text of a person",
            )  # fmt: skip

    def plan(
        self,
        first: str,
        last: str,
        *,
        as_of: str = "2019-12-31",
        publishers: Iterable[str] = (LUTON, BEDFORD, POLICE, TRUST),
    ) -> int:
        """A release of every accepted file, with a calendar due 30 days after the last month's end."""
        number = int(
            self._insert(
                "quality.releases", source="sample", is_synthetic=self.is_synthetic, fingerprint="x",
                git_revision="x", window_from=first, window_to=last, as_of=as_of, returning="release_number",
            )
        )  # fmt: skip
        self.connection.execute(
            """insert into quality.release_files
               select %s, file_id from landing.file_versions
               where is_synthetic = %s and status = 'accepted'""",
            [number, self.is_synthetic],
        )
        for publisher_id in publishers:
            self._insert(
                "quality.release_publishers", release_number=number, publisher_id=publisher_id,
                body_name=publisher_id.replace("_", " ").title(), org_id=_ORG_IDS[publisher_id],
                body_type=_TYPES[publisher_id], postcode="LU1 1AA", valid_from=date(1997, 4, 1),
                vat_basis="net", threshold_gbp=500, licence="OGL-UK-3.0", is_verified=False,
                is_memo=publisher_id == TRUST, predecessors=[BEDFORD] if publisher_id == TRUST else [],
            )  # fmt: skip
            cadence: Cadence = "quarterly" if publisher_id == TRUST else "monthly"
            for period in months_between(first, last):
                if file_period(period, cadence) != period:
                    continue
                months = file_months(period, cadence)
                self._insert(
                    "quality.release_expected_files", release_number=number, publisher_id=publisher_id,
                    stream="payments", period=period, due_on=due_date(months[-1], 30),
                    months_count=len(months),
                )  # fmt: skip
        self.connection.commit()
        return number

    def _insert(self, table: str, *, returning: str = "", **values: Any) -> Any:
        columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        suffix = f" returning {returning}" if returning else ""
        cursor = self.connection.execute(
            f"insert into {table} ({columns}) values ({marks}){suffix}".encode(), list(values.values())
        )
        row = cursor.fetchone() if returning else None
        return row[0] if row else None


def luton_april() -> list[Payment]:
    """Powers of two, mostly: any sum tells which payments are in it. Every name is invented."""
    return [
        Payment("Alder Widgets Ltd", "100.10"),
        Payment("Alder Widgets Ltd", "100.10"),  # the same again: a second payment
        Payment("Alder Widgets Ltd", "-0.20"),  # a credit note
        Payment("Birch Care Ltd", "1000.00"),
        Payment("Cedar Haulage Ltd", "2000.00"),
        Payment("Dogwood Foods Ltd", "4000.00"),
        Payment("Elm Consulting Ltd", "8000.00"),
        Payment("Fir Trading", "16.00", postcode="lu11aa"),
        Payment("Gorse Supplies", "32.00"),
        Payment("Hazel Personson", "64.00"),
        Payment("Ivy Unclear", "128.00"),
        Payment("Withheld", "256.00", redacted=True),
        Payment(None, "512.00"),
        Payment("Beds Police", "50.00"),
        Payment("Beds Police", "70.00", category="Precepts"),
        Payment("Barton Parish", "90.00"),
        Payment("Three Counties Trust", "30.00"),  # a memo body: a public body, and no anchor
        Payment("Elm Consulting Ltd", "11.00", category="HMRC"),
        Payment("Elm Consulting Ltd", "13.00", category="Loan Repayments"),
        Payment("Gorse Supplies", "17.00", category="Community Grants"),
        Payment("Elm Consulting Ltd", "19.00", category="Schools and Academies"),
    ]


def populate(world: World) -> None:
    """Registers, suppliers and the files of three bodies; the police publish nothing."""
    world.add_reference()
    for number, (name, postcode) in enumerate(
        [
            ("ALDER WIDGETS LTD", "LU1 1AA"),
            ("BIRCH CARE LTD", "LU2 9AA"),
            ("CEDAR HAULAGE LTD", "LU6 2AA"),
            ("DOGWOOD FOODS LTD", "MK43 0AA"),
            ("ELM CONSULTING LTD", "EC1A 1AA"),
        ],
        start=1,
    ):
        world.add_company(f"{number:08d}", name, postcode)
        world.decide(name.title(), f"GB-COH-{number:08d}")
    add_evidence_of_groups(world)
    world.add_public_body("GB-PAR-1", "Barton Parish Council", "parish_council", "MK43 0AA")
    world.decide("Beds Police", "GB-PFA-BEDS")
    world.decide("Barton Parish", "GB-PAR-1")
    world.decide("Fir Trading", postcode="lu11aa")
    world.decide("Gorse Supplies")
    world.decide("Hazel Personson", kind="person")
    world.decide("Ivy Unclear", kind="unclear")
    world.accept(LUTON, "2017-04", luton_april(), aside="999.99")
    world.accept(LUTON, "2017-04", [Payment("Alder Widgets Ltd", "5.00")], stream="purchase_card")
    world.accept(LUTON, "2017-05", [Payment("Elm Consulting Ltd", "1.00")])
    restated = world.accept(LUTON, "2017-05", [Payment("Elm Consulting Ltd", "3.00")])
    world.note_drift(world.reject(LUTON, "2017-06"), restated)
    world.accept(BEDFORD, "2017-04", [Payment("Dogwood Foods Ltd", "500.00")])
    world.accept(BEDFORD, "2017-05", [])
    world.accept(BEDFORD, "2018-04", [Payment("Dogwood Foods Ltd", "-40.00")])
    world.decide("Three Counties Trust", "GB-NHS-TTC")
    world.accept(
        TRUST, "2017-04", [Payment("Alder Widgets Ltd", "10000.00"), Payment("Beds Police", "700.00")]
    )


def add_evidence_of_groups(world: World) -> None:
    """Birch is a charity, too; Cedar and Dogwood share a VAT number; Alder took over a charity, and Elm."""
    world.add_charity("9000001", "Birch Care", "MK43 0AA", company_number="00000002")
    world.add_charity("9000002", "Alder Fund", "LU1 1AA")
    for name in ("Cedar Haulage Ltd", "Dogwood Foods Ltd"):
        world.print_number(supplier_key(name), "vat", "010000776")
    for member in ("GB-CHC-9000002", "GB-COH-00000005"):
        world.link(member, "GB-COH-00000001", "merger")


@dataclass(frozen=True)
class Built:
    """A release as built, and what the build said."""

    world: World
    number: int
    summary: transform.BuildSummary

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows as the publisher sees them; write {r} for the release's schema."""
        with database.connect("publisher") as connection:
            return connection.execute(query.format(r=f"release_{self.number}").encode()).fetchall()
