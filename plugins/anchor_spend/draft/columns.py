"""Choose the columns of a sheet: amount, date, payee, and the fields that may be there.

In: a Sheet with its header and column profiles. Out: a Guess for each field found; those that are not safe
are questions in the Notebook. Net comes before gross, the day of payment before that of the document.
"""

from anchor_spend.draft.candidates import (
    ENOUGH,
    NAMED,
    Candidate,
    Columns,
    ask_which,
    find_candidates,
    name_of,
    quoted,
    rivals_of,
    settle,
    share,
)
from anchor_spend.draft.guesses import Confidence, Guess, Notebook
from anchor_spend.draft.money import Settled, settle_amounts
from anchor_spend.draft.opening import DATE_ROLES, Sheet
from anchor_spend.draft.payees import choose_supplier, twins_of_texts
from anchor_spend.draft.profiles import ColumnProfile
from anchor_spend.draft.vocabulary import MAY_MEAN, SAYS, field_of, read_header
from anchor_spend.spec import normalise_header

_DATE_RANK = {"payment_date": 3, "posting_date": 2, "plain_date": 2, "document_date": 1}
_OPTIONAL_FIELDS = (
    "supplier_ref", "supplier_postcode", "supplier_company_number", "vat_number", "charity_number",
    "department", "category", "description", "transaction_ref", "body_name",
)  # fmt: skip
_NO_AMOUNT_ROLES = {"vat_amount", "cumulative", "vat_code", "debit", "credit"}


def choose_columns(sheet: Sheet, notes: Notebook) -> list[Guess]:
    """A guess for each field with a column; questions about the required ones go to the notebook."""
    columns = [(profile, read_header(profile.header)) for profile in sheet.profiles if profile.filled]
    amount = _choose_amount(sheet, columns, notes)
    date = _choose_date(sheet, _less(columns, amount), notes)
    payee = choose_supplier(_less(columns, amount, date), notes)
    found = [guess for guess in (date, amount, payee) if guess]
    return [*found, *_optional(_less(columns, *found), payee)]


def _less(columns: Columns, *guesses: Guess | None) -> Columns:
    taken = {guess.position for guess in guesses if guess}
    return [pair for pair in columns if pair[0].position not in taken]


# amount ----------------------------------------------------------------------------------------------------


def _choose_amount(sheet: Sheet, columns: Columns, notes: Notebook) -> Guess | None:
    candidates = find_candidates(columns, ("amount",), _amount_content)
    _ask_about_sides(columns, candidates, notes)
    named = [item for item in candidates if item.header >= NAMED]
    rivals = named or candidates or _money_under_other_names(columns)
    if not rivals:
        notes.ask("columns.amount", "no column holds amounts. Which one is it?", is_required=True)
        return None
    settled = settle_amounts(sheet, [item.profile for item in rivals], [item.meaning for item in rivals])
    best = next(item for item in rivals if item.profile.position == settled.position)
    doubts = _amount_doubts(best, rivals, candidates, columns, settled)
    evidence = [best.header_evidence, share("amounts", best.profile.amounts)]
    guess = settle(best, "amount", candidates, evidence + list(settled.evidence), doubts)
    if guess.confidence == "unsure":
        ask_which(guess, "amount", notes)
    _note_basis(best, settled, notes)
    return guess


def _amount_content(profile: ColumnProfile) -> float:
    if profile.amounts < ENOUGH or profile.dates > 0.5:
        return 0.0
    return 1.0 if profile.money >= 0.2 else 0.6


def _money_under_other_names(columns: Columns) -> list[Candidate]:
    """Where no header fits: columns of pence, whatever they are called. Never VAT or a running total."""
    return [
        Candidate(profile, meaning, 0.0, 1.0, "amount")
        for profile, meaning in columns
        if profile.money >= 0.5 and profile.amounts >= ENOUGH and meaning.role not in _NO_AMOUNT_ROLES
    ]


def _amount_doubts(
    best: Candidate, rivals: list[Candidate], candidates: list[Candidate], columns: Columns, settled: Settled
) -> list[str]:
    doubts = []
    if rivals_of(best, rivals) and not settled.is_certain:
        doubts.append("other columns hold amounts as well, and the rows do not tell which counts")
    elif not settled.is_certain:
        doubts.append("VAT is never more than the amount")
    is_whole = best.profile.money < 0.2
    unnamed = [item.name for item in candidates if item.header < NAMED and item.profile.money >= 0.5]
    if unnamed and best.name not in unnamed and (is_whole or best.header < SAYS):
        doubts.append(f"{quoted(unnamed)} hold amounts with pence, too")
    misplaced = [name_of(profile) for profile, meaning in columns if _is_misplaced(profile, meaning.role)]
    if misplaced and is_whole:
        doubts.append(f"amounts with pence stand under {quoted(misplaced)}, here are whole numbers")
    if best.profile.negatives > 0.5 * best.profile.filled:
        doubts.append("most of its amounts are negative")
    return doubts


def _is_misplaced(profile: ColumnProfile, role: str) -> bool:
    """Pence under a heading that speaks of something else."""
    return profile.money >= 0.5 and role not in ("", "amount", *_NO_AMOUNT_ROLES)


def _ask_about_sides(columns: Columns, candidates: list[Candidate], notes: Notebook) -> None:
    """Amounts in two columns, debit and credit, cannot be read from one of them."""
    sides = [
        [
            name_of(profile)
            for profile, meaning in columns
            if meaning.role == role and profile.amounts >= ENOUGH
        ]
        for role in ("debit", "credit")
    ]
    if all(sides) and not any(item.header == SAYS for item in candidates):
        what = f"{quoted(sides[0])} and {quoted(sides[1])} hold what is paid and what comes back apart"
        text = f"{what}; a spec reads one amount column. Ask the publisher for one, signed."
        notes.ask("columns.amount", text, is_required=True)


def _note_basis(best: Candidate, settled: Settled, notes: Notebook) -> None:
    basis = best.meaning.basis or settled.basis
    if basis:
        why = f"header {best.name!r}" if best.meaning.basis else settled.evidence[0]
        notes.add(Guess("vat_basis", basis, "sure" if best.meaning.basis else "likely", (why,)))
        return
    notes.add(Guess("vat_basis", "unknown", "unsure", ("no header says it",)))
    notes.ask("vat_basis", f"does {best.name!r} hold VAT? No header says it: net, gross or mixed.")


# date ------------------------------------------------------------------------------------------------------


def _choose_date(sheet: Sheet, columns: Columns, notes: Notebook) -> Guess | None:
    candidates = find_candidates(columns, DATE_ROLES, _date_content)
    named = [item for item in candidates if item.header >= NAMED]
    named.sort(key=lambda item: (item.header < MAY_MEAN, -_DATE_RANK[item.role], -item.score))
    mostly_days = [item for item in candidates if item.profile.dates >= ENOUGH]
    if not named and not mostly_days:
        return None
    best = (named or mostly_days)[0]
    evidence = [best.header_evidence, share("dates", best.profile.dates)]
    rivals = [item for item in named if _is_date_rival(sheet, best, item)]
    later = [item.name for item in named if item is not best and item not in rivals]
    if later:
        evidence.append(f"comes before {quoted(later)}: payment, then posting, then document dates")
    doubts = [f"{quoted(item.name for item in rivals)} differ from it"] if rivals else []
    if _stands_still(best, columns):
        doubts.append("it holds one day for every row, another date column does not")
    guess = settle(best, "payment_date", named, evidence, doubts)
    if guess.confidence == "unsure":
        ask_which(guess, "payment date", notes)
    return guess


def _date_content(profile: ColumnProfile) -> float:
    if profile.dates + profile.serials >= ENOUGH:
        return 1.0 if profile.dates >= 0.5 else 0.4
    return 0.5 if profile.dates >= 0.5 else 0.0


def _is_date_rival(sheet: Sheet, best: Candidate, item: Candidate) -> bool:
    """Another date column of the same standing, with other days."""
    if item is best or item.header < MAY_MEAN or _DATE_RANK[item.role] != _DATE_RANK[best.role]:
        return False
    one, other = best.profile.position, item.profile.position
    pairs = [(row[one].strip(), row[other].strip()) for row in sheet.body if len(row) > max(one, other)]
    return sum(a != b for a, b in pairs) > 0.02 * len(pairs)


def _stands_still(best: Candidate, columns: Columns) -> bool:
    others_move = any(profile.dates >= ENOUGH and not profile.is_constant for profile, _ in columns)
    return best.profile.is_constant and best.profile.rows >= 20 and others_move


# the other fields ------------------------------------------------------------------------------------------


def _optional(rest: Columns, payee: Guess | None) -> list[Guess]:
    """The best column of each field that may be there: the fullest header match, the leftmost of equals."""
    best: dict[str, Guess] = {}
    strengths: dict[str, float] = {}
    codes = twins_of_texts([payee.column]) if payee else set()
    for profile, meaning in rest:
        is_code = normalise_header(profile.header) in codes
        field = "supplier_ref" if is_code else field_of(meaning.role)
        strength = SAYS if is_code else meaning.strength(meaning.role)
        if not field or not profile.header or strength < MAY_MEAN or not _fits(field, profile):
            continue
        if strength > strengths.get(field, 0.0):
            strengths[field] = strength
            confidence: Confidence = "sure" if strength == SAYS else "likely"
            evidence = (f"header {profile.header!r}", f"filled in {profile.fill:.0%} of rows")
            best[field] = Guess(field, profile.header, confidence, evidence, position=profile.position)
    return [best[field] for field in _OPTIONAL_FIELDS if field in best]


def _fits(field: str, profile: ColumnProfile) -> bool:
    if field == "supplier_postcode":
        return profile.postcodes >= 0.5
    if field in ("supplier_company_number", "vat_number", "charity_number"):
        return profile.codes >= 0.5
    if field in ("department", "category", "description", "body_name"):
        return profile.letters >= 0.5
    return profile.dates < 0.5 and profile.money < 0.5
