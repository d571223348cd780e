"""Charities of the three registers, and mutual societies: one row an organisation, under its org-id.

A charity linked to another shares its number: 'GB-CHC-1000001-2' is the second one linked to 1000001. No
register names a natural person: trustees stand in other files, which are not read.
"""

from typing import TYPE_CHECKING

from anchor_spend.registers.layout import (
    Layout,
    canonical_postcodes,
    company_numbers,
    has,
    iso_dates,
    postcodes_at_end,
)

if TYPE_CHECKING:
    import pandas as pd

CIO = "CIO"
_CCEW_WANTED = (
    "registered_charity_number|linked_charity_number|charity_name|charity_type|charity_registration_status|"
    "date_of_registration|date_of_removal|latest_income|latest_acc_fin_period_end_date|"
    "charity_contact_postcode|charity_company_registration_number|charity_is_cio|charity_insolvent|"
    "charity_in_administration"
)
_SCOTTISH = (
    "Known As", "Postcode", "Constitutional Form", "Charity Status", "Registered Date", "Ceased Date",
    "Most recent year income", "Year End",
)  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def named(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Rows that have a key and a name."""
    name = frame["organisation_name"].fillna("").str.strip().str.replace(r"\s+", " ", regex=True)
    has_key = frame["entity_id"].fillna("").str.fullmatch(r"GB-[A-Z]{2,3}-[A-Z0-9]+(?:-\d+)?")
    return frame.assign(organisation_name=name)[name.ne("") & has_key]


def list_item(names: "pd.Series[str]") -> "pd.Series[str]":
    """A name as it can stand in a list."""
    return names.fillna("").str.strip().str.replace(";", ",")


def charity_ids(prefix: str, number: "pd.Series[str]", linked: "pd.Series[str]") -> "pd.Series[str]":
    """Org-ids of charities, and of those linked to one."""
    main = prefix + number.fillna("").str.strip()
    suffix = linked.fillna("").str.strip()
    return main.where(suffix.isin(["", "0"]), main + "-" + suffix)


def _amounts(printed: "pd.Series[str]") -> "pd.Series[str]":
    return printed.fillna("").str.strip().str.replace(r"[£,]", "", regex=True)


def _commission(frame: "pd.DataFrame") -> "pd.DataFrame":
    """publicextract.charity: JSON, so truth is 'true' or 'True'."""
    is_cio = frame["charity_is_cio"].str.lower().eq("true")
    status = frame["charity_registration_status"].fillna("")
    return named(
        frame.assign(
            entity_id=charity_ids(
                "GB-CHC-", frame["registered_charity_number"], frame["linked_charity_number"]
            ),
            register="ccew",
            organisation_name=frame["charity_name"],
            postcode=canonical_postcodes(frame["charity_contact_postcode"]),
            legal_form=frame["charity_type"].fillna("").mask(is_cio, CIO),
            status=_with_trouble(frame, status),
            registered_on=iso_dates(frame["date_of_registration"]),
            removed_on=iso_dates(frame["date_of_removal"]),
            company_number=company_numbers(frame["charity_company_registration_number"]),
            latest_income=_amounts(frame["latest_income"]),
            latest_income_year_end=iso_dates(frame["latest_acc_fin_period_end_date"]),
        )
    )


def _with_trouble(frame: "pd.DataFrame", status: "pd.Series[str]") -> "pd.Series[str]":
    in_administration = frame["charity_in_administration"].str.lower().eq("true")
    insolvent = frame["charity_insolvent"].str.lower().eq("true")
    return status.mask(in_administration, status + ", in administration").mask(
        insolvent, status + ", insolvent"
    )


def _scottish(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The register, and the register of former charities: that has fewer columns, and a Ceased Date."""
    is_former = "Ceased Date" in frame
    cells = frame.reindex(columns=[*dict.fromkeys([*frame.columns, *_SCOTTISH])], fill_value="")
    return named(
        cells.assign(
            entity_id="GB-SC-" + cells["Charity Number"].fillna("").str.strip(),
            register="oscr",
            organisation_name=cells["Charity Name"],
            other_names=list_item(cells["Known As"]),
            postcode=canonical_postcodes(cells["Postcode"]),
            legal_form=cells["Constitutional Form"],
            status="Removed" if is_former else cells["Charity Status"],
            registered_on=iso_dates(cells["Registered Date"]),
            removed_on=iso_dates(cells["Ceased Date"]),
            latest_income=_amounts(cells["Most recent year income"]),
            latest_income_year_end=iso_dates(cells["Year End"]),
        )
    )


def _northern_irish(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Company number '0' where there is none; the year's end is '31 March 2019' or 31/03/2019."""
    company = company_numbers(frame["Company number"])
    return named(
        frame.assign(
            entity_id=charity_ids("GB-NIC-", frame["Reg charity number"], frame["Sub charity number"]),
            register="ccni",
            organisation_name=frame["Charity name"],
            postcode=postcodes_at_end(frame["Public address"]),
            status=frame["Status"],
            registered_on=iso_dates(frame["Date registered"]),
            company_number=company.where(~company.str.fullmatch(r"\d{8}"), "NI" + company.str[2:]),
            latest_income=_amounts(frame["Total income"]),
            latest_income_year_end=_worded_dates(frame["Date for financial year ending"]),
        )
    )


def _worded_dates(dates: "pd.Series[str]") -> "pd.Series[str]":
    """'31 March 2019' -> '2019-03-31'."""
    worded = dates.fillna("").str.strip()
    for number, month in enumerate(_MONTHS, start=1):
        pattern = rf"(?i)^(\d)(\d)? {month}[a-z]* (\d{{4}})$"
        worded = worded.str.replace(pattern, rf"\3-{number:02d}-\1\2", regex=True)
    return iso_dates(worded.str.replace(r"^(\d{4}-\d\d)-(\d)$", r"\1-0\2", regex=True))


def _societies(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The published header has 'Registation'; both spellings are read."""
    number = next(name for name in map(str, frame) if _is_full_number(name))
    return named(
        frame.assign(
            entity_id="GB-MPR-" + frame[number].fillna("").str.strip().str.upper(),
            register="fca_mutuals",
            organisation_name=frame["Society Name"],
            postcode=postcodes_at_end(frame["Society Address"]),
            legal_form=frame["Registered As"],
            status=frame["Society Status"],
            registered_on=iso_dates(frame["Registration Date"]),
            removed_on=iso_dates(frame["Deregistration Date"]),
        )
    )


def _is_full_number(name: str) -> bool:
    return name in ("Full Registation Number", "Full Registration Number")


def _is_society_list(header: frozenset[str]) -> bool:
    return "Society Name" in header and any(map(_is_full_number, header))


def _own(frame: "pd.DataFrame") -> "pd.DataFrame":
    postcode = canonical_postcodes(frame["postcode"])
    return named(frame.assign(postcode=postcode, company_number=company_numbers(frame["company_number"])))


# -- lists that name organisations, drawn up by others ------------------------------------------------------

_REGISTERS = {"GB-CHC": "ccew", "GB-SC": "oscr", "GB-NIC": "ccni", "GB-MPR": "fca_mutuals"}


def _listed(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Rows with entity_id and organisation_name, and the register from the id; other ids drop out."""
    register = frame["entity_id"].fillna("").str.extract(r"^(GB-[A-Z]+)-", expand=False).map(_REGISTERS)
    return named(frame.assign(register=register.fillna(""))[register.notna()])


def _charity_companies(frame: "pd.DataFrame") -> "pd.DataFrame":
    number = company_numbers(frame["org_id_b"].str.removeprefix("GB-COH-"))
    return _listed(
        frame.assign(entity_id=frame["org_id_a"], organisation_name=frame["name"], company_number=number)
    )


def _society_companies(frame: "pd.DataFrame") -> "pd.DataFrame":
    renamed = frame.rename(columns={"mutual_id": "org_id_a", "company_id": "org_id_b"})
    return _charity_companies(renamed)


def _dual_registered(frame: "pd.DataFrame") -> "pd.DataFrame":
    number = frame["E&W Charity Number"].fillna("").str.strip()
    return _listed(frame.assign(entity_id="GB-CHC-" + number, organisation_name=frame["Charity Name (E&W)"]))


def _federated(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Branches of federations: numbers of England and Wales, SC... and NI..."""
    number = frame["reg_number"].fillna("").str.strip().str.upper()
    scottish = number.str.startswith("SC")
    irish = number.str.startswith("NI")
    entity_id = ("GB-CHC-" + number).mask(scottish, "GB-SC-" + number).mask(irish, "GB-NIC-" + number.str[2:])
    return _listed(frame.assign(entity_id=entity_id, organisation_name=frame["name"]))


_BOTH = ("utf-8-sig", "cp1252")
_CURATED = "Open Database License 1.0"
LAYOUTS: tuple[Layout, ...] = (
    Layout("our own charities and mutual societies", "organisations", 0,
           has("entity_id", "register", "organisation_name"), _own, is_whole=True),
    Layout("Charity Commission register", "organisations", 1,
           has("registered_charity_number", "charity_name", "charity_registration_status"), _commission,
           _CCEW_WANTED, lists=("ccew",), at_least=100_000),  # 184,000, and 210,000 that were removed
    Layout("Scottish charity register", "organisations", 1,
           has("Charity Number", "Charity Name", "Charity Status", "Constitutional Form"), _scottish,
           encodings=_BOTH, lists=("oscr",), at_least=20_000),  # 24,000 in 2018
    Layout("former Scottish charities", "organisations", 2,
           has("Charity Number", "Charity Name", "Registered Date", "Ceased Date"), _scottish,
           encodings=_BOTH, at_least=8_000),  # nearly 10,000 in 2008; it only grows
    Layout("Northern Irish charity register", "organisations", 1,
           has("Reg charity number", "Charity name", "Public address"), _northern_irish, encodings=_BOTH,
           lists=("ccni",), at_least=5_000),  # 5,500 in 2017, when registration was under way
    Layout("mutual societies (FCA)", "organisations", 1,
           _is_society_list, _societies, encodings=_BOTH, lists=("fca_mutuals",),
           at_least=7_000),  # some 9,000 on the register, and those that left it
    Layout("charities and their companies", "organisations", 3,
           has("org_id_a", "org_id_b", "name"), _charity_companies, licence=_CURATED),
    Layout("mutual societies and their companies", "organisations", 3,
           has("mutual_id", "company_id", "name"), _society_companies, licence=_CURATED),
    Layout("charities of two registers", "organisations", 4,
           has("Scottish Charity Number", "E&W Charity Number", "Charity Name (E&W)"), _dual_registered,
           licence=_CURATED),
    Layout("charities of federations", "organisations", 5,
           has("type", "reg_number", "name"), _federated, licence=_CURATED),
)  # fmt: skip
