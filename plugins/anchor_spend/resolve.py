"""Who was paid: one decision per supplier as published, against registers of companies and public bodies.

In: suppliers (name, and the company number and postcode printed beside it), companies, public bodies. Out:
one Decision each, explained; "unmatched" is a decision too.
Refuses to guess: of two candidates that cannot be told apart neither is taken, a person's name without a
legal form is never matched to a company, and nothing about where a candidate is counts for it, except that
a postcode the publisher printed equals the candidate's.

The suppliers are indexed and the register is streamed past them once: memory follows the suppliers asked
about, not the register.
"""

import hashlib
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import sql

from anchor_spend import database, names
from anchor_spend.errors import ReferenceDataError

if TYPE_CHECKING:
    import pandas as pd

ENGINE_VERSION = "1"
COMPANY_PREFIX = "GB-COH-"
_LOCK = 7205772  # any constant: two processes must not decide at once
_MIN_PREFIX = 18  # characters; shorter beginnings fit too many names
_MAX_CANDIDATES = 20  # kept per supplier and relation; more only say "ambiguous"
_log = logging.getLogger(__name__)

# How a name relates to a register's, best first. The scores order the candidates; about the share of right
# answers each had on labelled names.
SCORES = {
    "number_and_name": 1.0,
    "public_body": 0.99,
    "same_name": 0.99,
    "same_without_form": 0.96,
    "previous_name": 0.95,
    "previous_without_form": 0.92,
    "trading_name": 0.90,
    "beginning": 0.90,
    "number_only": 0.50,
}
_METHODS = {
    "number_and_name": "company_number",
    "public_body": "public_body",
    "same_name": "exact_name",
    "same_without_form": "exact_name",
    "previous_name": "previous_name",
    "previous_without_form": "previous_name",
    "trading_name": "exact_name",
    "beginning": "cut_name",
}
_REVIEW_ONLY = frozenset({"number_only"})
_COMMON_WORDS = frozenset(
    ["AND", "OF", "THE", "FOR", "IN", "UK", "GB", "LTD", "PLC", "LLP", "CIC", "COMPANY", "GROUP", "SERVICES"]
)


class Query(NamedTuple):
    """A supplier as published."""

    key: str
    name: str
    company_number: str = ""
    postcode: str = ""
    name_cut_at: int | None = None


class Company(NamedTuple):
    """A row of the company register."""

    company_number: str
    company_name: str
    previous_names: Sequence[str] = ()
    postcode: str | None = None


class Body(NamedTuple):
    """A public body and every name it goes by."""

    entity_id: str
    names: Sequence[str]
    postcode: str | None = None


class Candidate(NamedTuple):
    """An entity a supplier may be, and why."""

    entity_id: str
    relation: str  # a key of SCORES
    postcode: str | None


@dataclass(frozen=True)
class Decision:
    """What was decided about one supplier; entity_id None means unmatched."""

    key: str
    entity_id: str | None
    method: str
    score: float | None
    runner_up_entity_id: str | None
    runner_up_score: float | None
    payee_kind: names.PayeeKind
    evidence: dict[str, Any]


# -- the engine -------------------------------------------------------------------------------------------


def resolve(queries: Sequence[Query], companies: Iterable[Company], bodies: Iterable[Body]) -> list[Decision]:
    """One decision for each query, in their order."""
    found = _find_bodies(queries, bodies)
    open_queries = [query for query in queries if query.key not in found and _may_be_company(query)]
    index = _Index(open_queries)
    for company in companies:
        index.add(company)
    return [_decide(query, found.get(query.key) or index.candidates[query.key]) for query in queries]


def _may_be_company(query: Query) -> bool:
    """A person's name is none: payee_kind calls nothing with a legal form a person."""
    return names.payee_kind(query.name) != "person"


def _find_bodies(queries: Sequence[Query], bodies: Iterable[Body]) -> dict[str, list[Candidate]]:
    """Candidates by query key; a body's own name goes before another's alias."""
    by_name: dict[str, dict[str, Candidate]] = defaultdict(dict)
    by_alias: dict[str, dict[str, Candidate]] = defaultdict(dict)
    for body in bodies:
        candidate = Candidate(body.entity_id, "public_body", body.postcode)
        for name, target in [(body.names[0], by_name), *((alias, by_alias) for alias in body.names[1:])]:
            target[_body_form(name)][body.entity_id] = candidate
    forms = ((query.key, _body_form(query.name)) for query in queries)
    found = ((key, by_name.get(form) or by_alias.get(form)) for key, form in forms)
    return {key: list(candidates.values()) for key, candidates in found if candidates}


def _body_form(name: str) -> str:
    return names.compact(names.body_key(name))


def pad_company_number(number: str) -> str:
    """A published company number in its register form ('1234567' -> '01234567'); '' when it cannot be one."""
    text = "".join(number.split()).upper()
    if text.isdigit() and 5 <= len(text) <= 8:
        return text.zfill(8)
    if text[:2].isalpha() and text[2:].isdigit() and 3 <= len(text) <= 8:
        return text[:2] + text[2:].zfill(6)
    return ""


class _Index:
    """Open queries by every form their names are compared in; collects the companies that meet one."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self.candidates: dict[str, list[Candidate]] = defaultdict(list)
        self._by_name: dict[str, list[tuple[Query, str, bool]]] = defaultdict(list)
        self._by_beginning: dict[int, dict[str, list[Query]]] = defaultdict(lambda: defaultdict(list))
        self._by_number: dict[str, list[Query]] = defaultdict(list)
        for query in queries:
            self._add_query(query)

    def _add_query(self, query: Query) -> None:
        legal_name, trading_name = names.split_trading_name(query.name)
        for name, is_trading_name in ((legal_name, False), (trading_name, True)):
            full = names.normalise_name(name)
            bare = names.compact(names.without_legal_form(full))
            if bare:
                self._by_name[bare].append((query, names.legal_form(full), is_trading_name))
        if names.is_possibly_cut(query.name, query.name_cut_at):
            beginning = names.cut_prefix(query.name)
            if len(query.name) < (query.name_cut_at or 0):
                beginning += " "  # cut between two words
            if len(beginning) >= _MIN_PREFIX:
                self._by_beginning[len(beginning)][beginning].append(query)
        if number := pad_company_number(query.company_number):
            self._by_number[number].append(query)

    def add(self, company: Company) -> None:
        """Note the queries that a company of the register meets."""
        self._compare_name(company, company.company_name, is_previous=False)
        for previous_name in company.previous_names:
            self._compare_name(company, previous_name, is_previous=True)
        for query in self._by_number.get(company.company_number, ()):
            self._compare_number(query, company)

    def _compare_name(self, company: Company, name: str, *, is_previous: bool) -> None:
        full = names.normalise_name(name)
        meeting = self._by_name.get(names.compact(names.without_legal_form(full)))
        for query, form, is_trading_name in meeting or ():
            self._note(query, company, _relation(form, names.legal_form(full), is_trading_name, is_previous))
        if self._by_beginning and not is_previous:
            for spelled in names.spelled_out(full):
                self._compare_beginning(company, spelled)

    def _compare_beginning(self, company: Company, spelled: str) -> None:
        for length, beginnings in self._by_beginning.items():
            for query in beginnings.get(spelled[:length], ()):
                self._note(query, company, "beginning")

    def _compare_number(self, query: Query, company: Company) -> None:
        register_names = (company.company_name, *company.previous_names)
        agrees = any(_names_agree(query.name, name) for name in register_names)
        self._note(query, company, "number_and_name" if agrees else "number_only")

    def _note(self, query: Query, company: Company, relation: str) -> None:
        candidates = self.candidates[query.key]
        if len(candidates) < _MAX_CANDIDATES * len(SCORES):
            candidates.append(Candidate(COMPANY_PREFIX + company.company_number, relation, company.postcode))


def _relation(form: str, register_form: str, is_trading_name: bool, is_previous: bool) -> str:
    if is_trading_name:
        return "trading_name"
    if form and form == register_form:
        return "previous_name" if is_previous else "same_name"
    return "previous_without_form" if is_previous else "same_without_form"


def _names_agree(published: str, register_name: str) -> bool:
    """Whether two names share a telling word, or one is the other's initials."""
    ours, theirs = names.normalise_name(published).split(), names.normalise_name(register_name).split()
    telling = {word for word in ours if len(word) > 1} - _COMMON_WORDS
    if telling & set(theirs) or names.compact(" ".join(ours)) == names.compact(" ".join(theirs)):
        return True
    initials = {"".join(word[0] for word in words if word not in _COMMON_WORDS) for words in (ours, theirs)}
    return any(len(word) > 2 and word in initials for word in (*ours, *theirs))


def _decide(query: Query, candidates: Sequence[Candidate]) -> Decision:
    """The best candidate if it stands alone at its score, or the printed postcode singles it out."""
    ranked = _rank(candidates)
    evidence: dict[str, Any] = {"candidates": len(ranked)}
    kind = names.payee_kind(query.name)
    if query.company_number:
        evidence["published_number"] = _number_evidence(query, ranked)
    best = [item for item in ranked if SCORES[item.relation] == SCORES[ranked[0].relation]]
    chosen, by_postcode = _single(best, query.postcode)
    if chosen is None or chosen.relation in _REVIEW_ONLY:
        evidence["why"] = _why_unmatched(query, best, kind)
        first, score = (best[0].entity_id, SCORES[best[0].relation]) if best else (None, None)
        return Decision(query.key, None, "unmatched", None, first, score, kind, evidence)
    evidence["compared"] = chosen.relation
    if query.postcode:
        evidence["postcode"] = "equal" if _same_postcode(chosen.postcode, query.postcode) else "differs"
    others = [item for item in ranked if item.entity_id != chosen.entity_id]
    second, second_score = (others[0].entity_id, SCORES[others[0].relation]) if others else (None, None)
    method = "name_and_postcode" if by_postcode else _METHODS[chosen.relation]
    score = SCORES[chosen.relation]
    return Decision(
        query.key, chosen.entity_id, method, score, second, second_score, "organisation", evidence
    )


def _rank(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate an entity, by its best relation; equal scores in the order of their ids."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.entity_id)
        if known is None or SCORES[candidate.relation] > SCORES[known.relation]:
            best[candidate.entity_id] = candidate
    return sorted(best.values(), key=lambda item: (-SCORES[item.relation], item.entity_id))


def _single(best: Sequence[Candidate], postcode: str) -> tuple[Candidate | None, bool]:
    if len(best) == 1:
        return best[0], False
    agreeing = [item for item in best if _same_postcode(item.postcode, postcode)]
    return (agreeing[0], True) if len(agreeing) == 1 else (None, False)


def _same_postcode(left: str | None, right: str | None) -> bool:
    ours, theirs = ("".join((text or "").split()).upper() for text in (left, right))
    return bool(ours) and ours == theirs


def _why_unmatched(query: Query, best: Sequence[Candidate], kind: names.PayeeKind) -> str:
    if len(best) > 1:
        return "several candidates cannot be told apart"
    if best:
        return "only the published number points to it, and the names share no word"
    return "a person's name is not matched" if kind == "person" else "no register holds the name"


def _number_evidence(query: Query, ranked: Sequence[Candidate]) -> str:
    if not pad_company_number(query.company_number):
        return "not a company number"
    relations = {item.relation for item in ranked}
    if "number_and_name" in relations:
        return "agrees"
    return "of a company with another name" if "number_only" in relations else "not in the register"


# -- the pipeline's suppliers -------------------------------------------------------------------------------


def resolve_new_suppliers(is_synthetic: bool) -> dict[str, int]:
    """Decide the suppliers of a world that have no decision by this engine and these registers.

    Out: how many were worked, how many decisions are new, superseded and unchanged. ReferenceDataError when
    no register is loaded.
    """
    with database.connect("loader") as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        fingerprint = reference_fingerprint(connection, is_synthetic)
        queries = _undecided(connection, is_synthetic, fingerprint)
        if not queries:
            return {"worked": 0, "new": 0, "superseded": 0, "unchanged": 0}
        companies = _register(connection, is_synthetic)
        decisions = resolve(queries, companies, _bodies(connection, is_synthetic))
        counts = _save(connection, is_synthetic, fingerprint, decisions)
    methods = Counter(decision.method for decision in decisions)
    _log.info("Resolved %d suppliers: %s", len(decisions), dict(sorted(methods.items())))
    return counts


def reference_fingerprint(connection: psycopg.Connection[Any], is_synthetic: bool) -> str:
    """Equal for equal registers: a hash of the vintages that decide names."""
    rows = connection.execute(
        """select dataset, sha256 from reference.vintages
           where is_synthetic = %s and dataset in ('companies', 'public_bodies') order by dataset""",
        [is_synthetic],
    ).fetchall()
    if len(rows) < 2:
        raise ReferenceDataError(
            "Suppliers cannot be resolved before registers of companies and public bodies are loaded. "
            "Run the refresh_reference DAG first."
        )
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def _undecided(connection: psycopg.Connection[Any], is_synthetic: bool, fingerprint: str) -> list[Query]:
    rows = connection.execute(
        """select s.supplier_key, s.supplier_name, s.company_number, s.postcode, s.name_cut_at
           from landing.suppliers s
           left join warehouse.supplier_decisions d
               on d.is_synthetic = s.is_synthetic and d.supplier_key = s.supplier_key
               and d.superseded_at is null
           where s.is_synthetic = %s
               and (d.engine_version, d.reference_fingerprint) is distinct from (%s, %s)
           order by s.supplier_key""",
        [is_synthetic, ENGINE_VERSION, fingerprint],
    )
    return [Query(*row) for row in rows]


def _bodies(connection: psycopg.Connection[Any], is_synthetic: bool) -> list[Body]:
    rows = connection.execute(
        """select entity_id, array_prepend(body_name, aliases), postcode from reference.public_bodies
           where is_synthetic = %s order by entity_id""",
        [is_synthetic],
    )
    return [Body(*row) for row in rows]


def _register(connection: psycopg.Connection[Any], is_synthetic: bool) -> Iterator[Company]:
    """The register through a server-side cursor: only the columns names are compared in."""
    with connection.cursor("company_names") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """select company_number, company_name, previous_names, postcode from reference.companies
               where is_synthetic = %s""",
            [is_synthetic],
        )
        for row in cursor:
            yield Company(*row)


_COLUMNS = (
    "supplier_key", "entity_id", "method", "score", "runner_up_entity_id", "runner_up_score", "payee_kind",
    "evidence",
)  # fmt: skip
_IS_CURRENT = """d.is_synthetic = %(is_synthetic)s and d.supplier_key = n.supplier_key
    and d.superseded_at is null"""
_IS_SAME = """(d.entity_id, d.method, d.payee_kind)
    is not distinct from (n.entity_id, n.method, n.payee_kind)"""
_CREATE = """create temporary table new_decisions on commit drop as
    select {columns} from warehouse.supplier_decisions where false"""
_KEEP = """update warehouse.supplier_decisions d
    set engine_version = %(engine_version)s, reference_fingerprint = %(fingerprint)s, decided_at = now(),
        score = n.score, runner_up_entity_id = n.runner_up_entity_id, runner_up_score = n.runner_up_score,
        evidence = n.evidence
    from new_decisions n where {is_current} and {is_same}"""
_SUPERSEDE = """update warehouse.supplier_decisions d set superseded_at = now()
    from new_decisions n where {is_current} and not ({is_same})"""
_ADD = """insert into warehouse.supplier_decisions
        (is_synthetic, engine_version, reference_fingerprint, {columns})
    select %(is_synthetic)s, %(engine_version)s, %(fingerprint)s, {columns} from new_decisions n
    where not exists (select from warehouse.supplier_decisions d where {is_current})"""


def _save(
    connection: psycopg.Connection[Any], is_synthetic: bool, fingerprint: str, decisions: Sequence[Decision]
) -> dict[str, int]:
    """Supersede decisions whose outcome differs and add the new ones; an equal one stays, dated anew."""
    parts = {
        "columns": sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)),
        "is_current": sql.SQL(_IS_CURRENT),
        "is_same": sql.SQL(_IS_SAME),
    }
    values = {"is_synthetic": is_synthetic, "engine_version": ENGINE_VERSION, "fingerprint": fingerprint}
    connection.execute(sql.SQL(_CREATE).format(**parts))
    with connection.cursor() as cursor, cursor.copy("copy new_decisions from stdin") as copy:
        for item in decisions:
            outcome = (item.key, item.entity_id, item.method, item.score)
            second = (item.runner_up_entity_id, item.runner_up_score)
            copy.write_row((*outcome, *second, item.payee_kind, json.dumps(item.evidence)))
    connection.execute("analyze new_decisions")
    counts = {
        name: connection.execute(sql.SQL(statement).format(**parts), values).rowcount
        for name, statement in (("unchanged", _KEEP), ("superseded", _SUPERSEDE), ("new", _ADD))
    }
    return {"worked": len(decisions), **counts}


# -- files ------------------------------------------------------------------------------------------------

_CHUNK = 50_000  # rows of a register held at once
_NAME_COLUMNS = ("query_name", "published_number", "published_postcode", "name_cut_at")
_REGISTER_COLUMNS = ("company_number", "company_name", "previous_names", "postcode")


def resolve_files(names_csv: Path, register_file: Path, out_csv: Path) -> dict[str, int]:
    """Resolve the names of one file against the register of another; no database.

    In (CSV or Parquet): query_name and optional published_postcode, published_number, name_cut_at; and
    company_number, company_name, optional previous_names ('; ' between), postcode. Without name_cut_at the
    width is told from the names themselves. Out, in the order of the names: query_name, company_number (empty
    when not accepted), score, band, method, runner_up, runner_up_score. Returns how many fell in each band.
    """
    import pandas as pd

    queries = _queries_of(pd.concat(_read_chunks(names_csv, _NAME_COLUMNS, required=1), ignore_index=True))
    decisions = resolve(queries, _companies_of(register_file), [])
    out = pd.DataFrame(
        [_file_row(query, decision) for query, decision in zip(queries, decisions, strict=True)],
        columns=["query_name", "company_number", "score", "band", "method", "runner_up", "runner_up_score"],
    )
    if out_csv.suffix == ".parquet":
        out.to_parquet(out_csv, index=False)
    else:
        out.to_csv(out_csv, index=False)
    return dict(Counter(out["band"]))


def _file_row(query: Query, decision: Decision) -> tuple[Any, ...]:
    number, second = (
        (entity_id or "").removeprefix(COMPANY_PREFIX)
        for entity_id in (decision.entity_id, decision.runner_up_entity_id)
    )
    band = "accept" if number else "review" if second else "reject"
    return (query.name, number, decision.score, band, decision.method, second, decision.runner_up_score)


def _queries_of(rows: "pd.DataFrame") -> list[Query]:
    limit = _width_limit(list(rows["query_name"]))
    return [
        Query(str(number), name, company_number, postcode, int(float(width)) if width else limit)
        for number, (name, company_number, postcode, width) in enumerate(rows.itertuples(index=False))
    ]


def _width_limit(published_names: Sequence[str]) -> int | None:
    """The width names are cut at, told from far more names of the greatest length than just below it."""
    lengths = Counter(len(name) for name in published_names)
    longest = max(lengths, default=0)
    below = max(lengths[longest - step] for step in range(2, 7))
    return longest if longest > _MIN_PREFIX and lengths[longest] > 5 + 2 * below else None


def _companies_of(path: Path) -> Iterator[Company]:
    for chunk in _read_chunks(path, _REGISTER_COLUMNS, required=2):
        for number, name, previous, postcode in chunk.itertuples(index=False):
            yield Company(number, name, previous.split("; ") if previous else (), postcode)


def _read_chunks(path: Path, columns: Sequence[str], required: int) -> Iterator["pd.DataFrame"]:
    """Some columns of a CSV or Parquet file as frames of text, '' where empty; the first must be there."""
    for frame in _frames(path):
        missing = [name for name in columns[:required] if name not in frame.columns]
        if missing:
            raise ReferenceDataError(f"{path.name} has no column {', '.join(missing)}.")
        yield frame.reindex(columns=list(columns), fill_value="").astype("str").fillna("")


def _frames(path: Path) -> Iterator["pd.DataFrame"]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        for batch in pq.ParquetFile(path).iter_batches(_CHUNK):
            yield batch.to_pandas()
    else:
        import pandas as pd

        yield from pd.read_csv(path, dtype="str", keep_default_na=False, chunksize=_CHUNK)
