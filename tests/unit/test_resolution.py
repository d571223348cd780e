"""The resolution engine's parts: words, readings, index, candidates, probabilities. Invented names."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchor_spend import names
from anchor_spend.errors import ReferenceDataError
from anchor_spend.resolution import (
    asking,
    candidates,
    deciding,
    engine,
    evidence,
    index,
    model,
    namesakes,
    readings,
    store,
    wording,
)
from anchor_spend.resolution.alike import compare
from anchor_spend.resolution.deciding import Entity, Query, build_index, chunks_of, resolve_with
from anchor_spend.resolution.engine import Question
from anchor_spend.resolution.identifiers import charity_id


def company(number: str, *about: object) -> Entity:
    return Entity(f"GB-COH-{number}", *about)


SYLLABLES = ["bar", "cul", "den", "fos", "gri", "hul", "kem", "lor", "mun", "pel", "quo", "ras", "tiv", "wen"]
TRADES = ["Catering", "Scaffolding", "Joinery", "Archives", "Printing", "Haulage"]
KNOWN = [
    company("01000001", "Quillmere Catering Limited", ("Blue Door Foods Limited",)),
    company("01000002", "Pellingham Construction and Civil Engineering Limited"),
    company("01000003", "Harbour Stone Laundry LLP"),
    company("01000004", "Royal Ottermead Society for Heathland Bees"),
    company("01000005", "Twinford Ltd"),
    company("01000006", "Twinford Ltd."),
    company("01000007", "Depot 4 Fernlode Ltd"),
    company("01000008", "Jane Smith Limited"),
    company("01000009", "Redactive Events Ltd"),
    company("01000010", "Quillshire Council Trading Ltd"),
    company("01000011", "Ottermead Care Luton Ltd"),
    company("01000012", "Vexley Grange Healthcare Ltd"),
]


def filler() -> list[Entity]:
    """Two thousand invented companies, so that common words are common."""
    heads = [f"{a}{b}{c}".title() for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES][:2000]
    return [
        company(f"9{number:07d}", f"{head} {TRADES[number % len(TRADES)]} Services Ltd")
        for number, head in enumerate(heads)
    ]


@pytest.fixture(scope="module")
def register() -> index.Index:
    return build_index([*KNOWN, *filler()])


def best(register: index.Index, name: str, cut_at: int | None = None) -> tuple[str, float]:
    (found,) = engine.answer(register, [Question(name, cut_at=cut_at)])
    first = found.candidates[0]
    return first.entity_id.removeprefix("GB-COH-"), first.probability


def words_of(name: str) -> list[str]:
    spelling = wording.Spelling()
    words = wording.read_words([name], spelling)
    return [spelling.words[word] for word in words.hashes.tolist()]


# -- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("The Quillmere Svcs (UK) Limited", ["QUILLMERE", "SERVICE", "UK"]),
        ("A B C Quillmere P.L.C.", ["ABC", "QUILLMERE"]),
        ("Quillmere´s Café & Bros", ["QUILLMERE", "CAFE", "AND", "BROTHER"]),
        ("Quillmere Voluntary Services Council", ["QUILLMERE", "CVS"]),
        ("Quillmere United Kingdom Community Interest Company", ["QUILLMERE", "UK"]),
        ("Limited", ["LTD"]),
        ("", []),
        ("££", []),
    ],
)
def test_names_become_words_in_one_spelling(name, words):
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("Harbour Stone Ltd", "HARBOURSTONE LIMITED", True),
        ("The Harbour-Stone", "harbour stone plc", True),
        ("Harbour Stone", "Stone Harbour", False),
        ("Harbour Stones", "Harbour Stone", False),
    ],
)
def test_spelled_alike_is_letters_in_order_without_legal_form(left, right, equal):
    words = wording.read_words([left, right], wording.Spelling())
    assert (words.spelled[0] == words.spelled[1]) == equal


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_every_list_of_names_has_words_for_each(names):
    words = wording.read_words(names, wording.Spelling())
    assert len(words.offsets) == len(names) + 1
    assert len(words.forms) == len(words.spelled) == len(words.begins) == len(names)
    one_by_one = [wording.read_words([name], wording.Spelling()) for name in names]
    assert [int(words.spelled[i]) for i in range(len(names))] == [int(one.spelled[0]) for one in one_by_one]


def test_two_words_written_together_hash_as_one():
    first, second, both = (
        np.array([wording.hash_word(word)], dtype=np.uint64) for word in ("OAK", "WELL", "OAKWELL")
    )
    assert wording.joined_hash(first, np.array([3]), second) == both


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("Quillmere Ltd", []),
        ("Quillmere Ltd t/a Blue Door", ["Quillmere Ltd", "Blue Door"]),
        ("Quillmere (Beds) Ltd", ["Quillmere  Ltd"]),
        ("Quillmere Ltd - Fernlode House", ["Quillmere Ltd"]),
        ("Quillmere Bakery 01234567", ["Quillmere Bakery"]),
        ("Quillmere Bakery Lim", ["Quillmere Bakery"]),
        ("RNIB", ["ROYAL NATIONAL INSTITUTE OF BLIND PEOPLE"]),
    ],
)
def test_what_was_glued_to_a_name_may_be_left_out(name, others):
    whole, *rest = readings.readings_of(name)
    assert whole.text == name
    assert [" ".join(reading.text.split()) for reading in rest] == [" ".join(text.split()) for text in others]


# -- finding ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Quillmere Catering", "01000001"),
        ("Qiullmere Catering Ltd", "01000001"),
        ("Quillmer Caterng", "01000001"),
        ("QUILLMERECATERING LTD", "01000001"),
        ("Catering Quillmere", "01000001"),
        ("Blue Door Foods", "01000001"),
        ("Quillmere Catering Ltd - Fernlode House", "01000001"),
        ("Pellingham Constr & Civil Eng", "01000002"),
        ("Pellingham Construction", "01000002"),
        ("Harbourstone Laundry", "01000003"),
        ("ROSHB", "01000004"),
        ("Vexley Grange", "01000012"),
    ],
)
def test_the_right_company_is_the_likeliest(register, name, number):
    assert best(register, name)[0] == number


@pytest.mark.parametrize(
    ("name", "cut_at", "number"),
    [
        ("Pellingham Construction and Ci", 30, "01000002"),
        ("Royal Ottermead Society for", 28, "01000004"),
    ],
)
def test_a_cut_name_is_found_by_its_beginning(register, name, cut_at, number):
    (decision,) = resolve_with(register, [Query("k", name, name_cut_at=cut_at)], [])
    assert (decision.entity_id, decision.method) == (f"GB-COH-{number}", "cut_name")


@pytest.mark.parametrize(
    "name",
    [
        "Twinford",
        "Bar",
        "Tivquo Limited",
        "Pellingham Construction",
        "Pellingham Construction and Civil Works",  # equal as far as 24 letters
        "Royal Ottermead Club",
        "Nowhere Known",
        "...",
    ],
)
def test_names_that_begin_with_all_letters_of_ours_are_counted(register, name):
    asked = asking.ask(register, [name], [None])
    held = [text for entity in [*KNOWN, *filler()] for text in (entity.name, *entity.other_names)]
    ours, *theirs = (names.compact(names.name_without_legal_form(text)) for text in (name, *held))
    expected = sum(text.startswith(ours[:24]) for text in theirs) if ours else 0
    first = candidates.Pairs(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))
    assert namesakes.begun_alike(asked, register, first).tolist() == [expected]


def test_names_that_what_both_have_in_common_fits_as_well_are_counted():
    names_held = [
        "Fernlode Joinery Ltd",
        "Fernlode Joinery Services Ltd",
        "Fernlode Archives Ltd",
        "Weald Fernlode Ltd",
    ]
    held = build_index([company(f"0100001{i}", name) for i, name in enumerate(names_held)])
    asked = asking.ask(held, ["Fernlode Joinery Kits"], [None])
    pairs = candidates.Pairs(np.zeros(4, dtype=np.int64), np.arange(4))
    alike = compare(asked, held, pairs, (10, 12))
    everything = held.size + index.COMMON_NAMES
    assert namesakes.begun_as_both(asked, held, pairs, alike).tolist() == [2, 2, 3, everything]
    assert namesakes.holding_both(held, alike).tolist() == [2, 2, 4, 4]


def test_digits_that_differ_speak_against(register):
    assert best(register, "Depot 4 Fernlode")[1] > model.load_model(register.size).accept
    assert best(register, "Depot 5 Fernlode")[1] < best(register, "Depot 4 Fernlode")[1]


def test_another_place_speaks_against(register):
    assert best(register, "Ottermead Care Luton")[1] > model.load_model(register.size).accept
    assert best(register, "Ottermead Care Bedford")[1] < model.load_model(register.size).accept


def test_two_that_cannot_be_told_apart_have_at_most_half_each(register):
    assert best(register, "Twinford Ltd")[1] <= 0.5


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Jane Smith", "a person's name is not matched"),
        ("REDACTED PERSONAL DATA", "the name is redacted"),
        ("Personal Payment", "the name is redacted"),
    ],
)
def test_persons_and_redactions_are_kept_out(register, name, why):
    (decision,) = resolve_with(register, [Query("k", name, "01000008")], [])
    assert (decision.entity_id, decision.runner_up_entity_id) == (None, None)
    assert decision.evidence["why"] == why


def test_a_redaction_is_told_by_whole_words(register):
    (decision,) = resolve_with(register, [Query("k", "Redactive Events")], [])
    assert decision.entity_id == "GB-COH-01000009"


def test_a_public_body_is_not_its_company(register):
    (decision,) = resolve_with(register, [Query("k", "Quillshire Council")], [])
    assert decision.entity_id is None


def test_probabilities_of_a_name_are_one_together(register):
    for found in engine.answer(register, [Question(name) for name in ("Quillmere", "Twinford", "Zzyx", "")]):
        assert found.none + sum(candidate.probability for candidate in found.candidates) <= 1 + 1e-9


def test_what_was_added_explains_the_odds(register):
    asked = asking.ask(register, ["Quillmere Catering plc"], [None])
    pairs = candidates.find(asked, register)
    table, fitted = evidence.weigh(asked, register, pairs), model.load_model(register.size)
    added = model.contributions(table, fitted)
    assert np.allclose(added.sum(axis=1), table @ fitted.candidate)
    groups = dict(zip(evidence.GROUPS, added.T, strict=True))
    right = register.entity_of[pairs.names] == 0
    assert groups["legal form"][right].max() < 0 < groups["words in common"][right].max()


def test_batches_and_order_do_not_count(register, monkeypatch):
    queries = [Query(str(i), entity.name) for i, entity in enumerate(KNOWN)]
    expected = resolve_with(register, queries, [])
    monkeypatch.setattr(engine, "_BATCH", 5)
    assert resolve_with(register, queries[::-1], [])[::-1] == expected


def test_a_postcode_does_not_explain_away_that_each_name_has_a_word_of_its_own():
    """Two firms of one trade at one address."""
    register = build_index(
        [company("01000101", "Fernlode Drainage Ltd")._replace(postcode="LU1 2AB"), *filler()]
    )
    queries = [
        Query(name, name, postcode="LU1 2AB") for name in ("Weldbrook Drainage", "Fernlode Drain Clearing")
    ]
    apart, alike = resolve_with(register, queries, [])
    assert (apart.entity_id, alike.entity_id) == (None, "GB-COH-01000101")


def test_an_empty_register_finds_nothing():
    (decision,) = resolve_with(build_index([]), [Query("k", "Quillmere Catering", "01000001")], [])
    assert decision.evidence["why"] == "no register holds the name"


def test_a_register_of_nothing_but_namesakes_finds_nothing():
    """Every word of it is in too many names to find any."""
    namesakes_alone = build_index(company(f"{number:08}", "Fernlode Ltd") for number in range(4_001))
    (decision,) = resolve_with(namesakes_alone, [Query("k", "Fernlode")], [])
    assert (decision.entity_id, decision.evidence["candidates"]) == (None, 0)


# -- what is kept -----------------------------------------------------------------------------------------


def test_a_saved_index_answers_alike(register, tmp_path: Path):
    index.save(register, tmp_path / "index")
    again = index.load(tmp_path / "index")
    queries = [Query(str(i), entity.name) for i, entity in enumerate(KNOWN)]
    assert resolve_with(again, queries, []) == resolve_with(register, queries, [])


def test_an_index_of_another_format_is_refused(register, tmp_path: Path):
    index.save(register, tmp_path)
    (tmp_path / "format.json").write_text(json.dumps({"format": 0}))
    with pytest.raises(ReferenceDataError, match="build it again"):
        index.load(tmp_path)


def test_an_index_is_built_once_for_a_register(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(store, "_LEAST_KEPT", 5)
    monkeypatch.setattr(store, "load_settings", lambda: type("Settings", (), {"home": tmp_path})())
    built = store.open_index("a", chunks_of(KNOWN))
    kept = store.open_index("a", [])
    assert kept.size == built.size
    (folder,) = (tmp_path / "indexes").iterdir()
    (folder / "words.npy").write_bytes(b"broken")
    assert store.open_index("a", chunks_of(KNOWN)).size == built.size
    for key in "bcde":
        store.open_index(key, chunks_of(KNOWN))
    assert sorted(path.name[0] for path in (tmp_path / "indexes").iterdir()) == ["c", "d", "e"]


def test_new_spellings_build_an_index_again(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(store, "_LEAST_KEPT", 5)
    monkeypatch.setattr(store, "load_settings", lambda: type("Settings", (), {"home": tmp_path})())
    store.open_index("a", chunks_of(KNOWN))
    monkeypatch.setattr(store, "SPELLINGS", store.SPELLINGS[1:])
    assert store.open_index("a", chunks_of(KNOWN[:6])).size < store.open_index("b", chunks_of(KNOWN)).size


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("QUILLMEREAA CATERINGAA LIMITED", "QUILLMERE CATERING LIMITED"),
        ("Quillm\u00c2\u00a0Foods Ltd", "QUILLM FOODS LTD"),
        ("Fernlode INV 1003397 M", "FERNLODE"),
        ("Fernlode PHB BC143839 15E", "FERNLODE"),
        ("Secure Papers a trading division of Quillmere Ltd", "QUILLMERE LTD"),
        ("FOUNDATION TRUST Ottermead Society", "OTTERMEAD SOCIETY"),
        ("Ottermead Care Community Interest C", "OTTERMEAD CARE"),
        ("Quill\\xb4s Catering", "QUILL´S CATERING"),
    ],
)
def test_what_ledgers_do_to_names_is_read_through(name, read_as):
    assert read_as in {" ".join(reading.text.split()).upper() for reading in readings.readings_of(name)}


def test_one_word_may_end_so_by_itself():
    assert [reading.text for reading in readings.readings_of("Wagga AA Breakdown")] == ["Wagga AA Breakdown"]


def test_an_open_bracket_of_a_cut_name_is_not_left_out():
    cut = "Swallowfield Care (Autis"
    assert len(readings.readings_of(cut, is_cut=True)) < len(readings.readings_of(cut))


@pytest.mark.parametrize(
    ("published", "registered"),
    [
        ("Fernlode MGM Ltd", "Fernlode Mill, Glade and Moor Limited"),
        ("Fernlode Mill Glade Moor Ltd", "Fernlode MGM Limited"),
        ("In Quillcare Ltd", "INQUILLCARE LIMITED"),
        ("Inquillcare Ltd", "In-Quillcare Limited"),
        ("Quillmed Intl Ltd", "QUILL-MED INTERNATIONAL LIMITED"),
    ],
)
def test_initials_and_other_word_breaks_hold_words(published, registered):
    built = build_index([company("01000050", registered), *filler()])
    (found,) = engine.answer(built, [Question(published)])
    assert found.candidates[0].entity_id == "GB-COH-01000050"
    assert found.candidates[0].probability > 0.5


def test_an_organisation_that_stands_twice_is_one():
    twice = [company("01000050", "Quillcare Ltd"), company("01000050", "Quillcare Ltd", ("Oldquill Ltd",))]
    assert resolved(Query("k", "Quillcare Ltd"), *twice) == ("GB-COH-01000050", "exact_name")
    assert resolved(Query("k", "Oldquill Ltd"), *twice) == ("GB-COH-01000050", "previous_name")


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("Quillmere Harbour Catering L", "Quillmere Harbour Catering Ltd"),
        ("Quillmere Harbour Catering LT", "Quillmere Harbour Catering Limited"),
        ("Quillmere Harbour Catering Limi", "Quillmere Harbour Catering Ltd"),
        ("The Quillmere Harbour & Dock Co", "Quillmere Harbour and Dock Company Ltd"),
        ("Quillmere Harbour P", "Quillmere Harbour plc"),
        ("Quillmere Harbour Public Limi", "Quillmere Harbour plc"),
        ("Quillmere Harbour Community Int", "Quillmere Harbour CIC"),
    ],
)
def test_a_name_cut_in_its_legal_form_or_before_means_the_whole(cut, whole):
    built = build_index([company("01000060", whole), *filler()])
    (found,) = engine.answer(built, [Question(cut, cut_at=len(cut))])
    assert found.candidates[0].entity_id == "GB-COH-01000060"
    assert found.candidates[0].probability > model.load_model(built.size).accept


def test_several_processes_give_the_same_answers(register, monkeypatch):
    monkeypatch.setattr(engine, "_BATCH", 3)
    questions = [Question(entity.name) for entity in KNOWN]
    assert list(engine.answer(register, questions, processes=2)) == list(engine.answer(register, questions))


def test_the_model_knows_every_piece_of_evidence():
    text = (Path(model.__file__).parents[1] / "data" / "resolution_model.json").read_text(encoding="utf-8")
    content = json.loads(text)
    small, large = content["fitted"]
    assert small["names"] < large["names"]
    for fitted in (small, large):
        assert tuple(fitted["candidate"]) == evidence.COLUMNS
        assert tuple(fitted["none"]) == model.NAME_COLUMNS
        assert 0 < content["review"] < fitted["accept"] < 1
        assert fitted["accept"] > 0.5  # of two candidates that cannot be told apart neither is taken
    assert len(set(evidence.COLUMNS)) == len(evidence.COLUMNS)


def test_a_register_between_two_sizes_has_coefficients_between_theirs():
    small, large = 500_000, 5_600_000
    few, some, many = (model.load_model(size) for size in (small, 2_000_000, large))
    middle = (some.candidate - few.candidate) / np.where(
        few.candidate == many.candidate, 1, many.candidate - few.candidate
    )
    assert ((middle >= 0) & (middle < 1)).all()
    assert len({round(share, 6) for share in middle[middle > 0].tolist()}) == 1
    assert (model.load_model(10).candidate == model.load_model(0).candidate).all()


CHARITY = Entity("GB-CHC-1000001", "Quillmere Benevolent Fund")
BOTH = company("01000020", "Vexley Hospice", ("Vexley Hospice Appeal",))._replace(
    other_ids=["GB-SC-SC012345"]
)


def resolved(query: Query, *entities: Entity) -> tuple[str | None, str]:
    (decision,) = resolve_with(build_index([*entities, *filler()]), [query], [])
    return decision.entity_id, decision.method


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("k", "Quillmere Fund", charity_number="1000001"), ("GB-CHC-1000001", "charity_number")),
        (Query("k", "Vexley Hospice Shop", charity_number="SC 12345"), ("GB-COH-01000020", "charity_number")),
        (Query("k", "Vexley Shop", vat_entity_id="GB-COH-01000020"), ("GB-COH-01000020", "vat_number")),
        (Query("k", "Ottermead Joinery", vat_entity_id="GB-COH-01000020"), (None, "unmatched")),
        (Query("k", "Vexley Hospice Appeal"), ("GB-COH-01000020", "previous_name")),
    ],
)
def test_a_printed_number_points_to_an_organisation_of_any_register(query, expected):
    """A number counts where the names share a word, under whichever id it is printed."""
    assert resolved(query, CHARITY, BOTH) == expected


@pytest.mark.parametrize(
    ("paid_from", "paid_to", "expected"),
    [
        (None, None, None),  # two companies of one name
        (date(2012, 1, 1), date(2015, 1, 1), "GB-COH-01000030"),
        (date(2021, 1, 1), date(2022, 1, 1), "GB-COH-01000031"),
        (date(2013, 1, 1), date(2022, 1, 1), None),  # neither was there all the time
    ],
)
def test_a_company_that_was_not_there_when_it_was_paid_is_not_meant(paid_from, paid_to, expected):
    old = company("01000030", "Quarrelwick Farm Ltd")._replace(since=date(2000, 1, 1), until=date(2016, 1, 1))
    new = company("01000031", "Quarrelwick Farm Ltd")._replace(since=date(2018, 5, 1))
    query = Query("k", "Quarrelwick Farm Ltd", paid_from=paid_from, paid_to=paid_to)
    assert resolved(query, old, new)[0] == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("1089464", "GB-CHC-1089464"),
        (" 0206002 ", "GB-CHC-206002"),
        ("SC12345", "GB-SC-SC012345"),
        ("NIC 100001", "GB-NIC-100001"),
        ("12345", ""),
        ("n/a", ""),
        ("12345678", ""),
    ],
)
def test_charity_numbers_have_one_form(printed, expected):
    assert charity_id(printed) == expected


@pytest.mark.parametrize("name", ["***", "-", "\u682a\u5f0f\u4f1a\u793e"])
def test_a_name_without_a_word_is_decided_also_where_nothing_else_is_asked(name):
    decided = resolve_with(build_index(KNOWN), [Query("k", name, "01000001")], [])
    assert [(decision.entity_id, decision.runner_up_entity_id) for decision in decided] == [
        (None, "GB-COH-01000001")
    ]


# -- names that may be a person's -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "categories", "is_matched"),
    [
        ("Twinmere", (), True),
        ("Twinmere", ("Fostering allowances", "Repairs"), True),
        ("Twinmere", ("Fostering allowances", ""), True),
        ("Twinmere", ("Fostering allowances", "Special guardianship orders"), False),
        ("Twinmere Ltd", ("Fostering allowances",), True),
    ],
)
def test_an_unclear_name_paid_as_persons_are_is_left_alone(name, categories, is_matched):
    built = build_index([company("01000070", "Twinmere Limited"), *filler()])
    (decision,) = resolve_with(built, [Query("k", name, categories=categories)], [])
    assert bool(decision.entity_id) == is_matched


def test_initials_need_more_certainty_than_other_names(register, monkeypatch):
    # the company of an unclear name with initials, likely enough for any other name
    asked = [Query("other", "Oakmere"), Query("initials", "Oakmere J"), Query("company", "Oakmere J Ltd")]
    decided = decided_as(engine.Answer([_candidate(0.9)], 0.1, 1, ()), asked, register, monkeypatch)
    assert [bool(decision.entity_id) for decision in decided] == [True, False, True]
    assert decided[1].runner_up_entity_id == "GB-COH-01000001"


@pytest.mark.parametrize(("agreeing", "is_matched"), [(0, True), (-1, False)])
def test_a_printed_number_helps_initials_only_where_it_points_to_the_company(
    register, monkeypatch, agreeing, is_matched
):
    best = _candidate(0.9)._replace(agreeing_id=agreeing)
    asked = [Query("k", "Oakmere J", "01000001")]
    answer = engine.Answer([best], 0.1, 1, ("GB-COH-01000001" if is_matched else "GB-COH-01000002",))
    (decision,) = decided_as(answer, asked, register, monkeypatch)
    assert bool(decision.entity_id) == is_matched


def decided_as(answer, asked, register, monkeypatch):
    monkeypatch.setattr(deciding, "answer", lambda index, asked, processes: iter([answer] * len(asked)))
    return resolve_with(register, asked, [])


def _candidate(probability: float) -> engine.Candidate:
    return engine.Candidate(
        "GB-COH-01000001", probability, "as published", False, True, False, -1, False, False, {}
    )
