"""How a trial center's EDC spells dates, coded answers and form status."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from crf2csr.simulate.layout import BOXES, LAYOUTS, columns_of
from crf2csr.simulate.model import Participant, Scenario
from crf2csr.simulate.streams import Stream

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ISO_SITES = ("03", "05")  # these sites type dates as 2019-03-05, the others as 05-Mar-2019
VERBATIM = (
    *("TRGRESP", "NTRGRESP", "OVRLRESP", "METHOD", "VSTESTCD", "UNIT", "STAGE", "HER2IHC", "PRIORRSP"),
    *("LBTESTCD", "CDTESTCD", "BCPTITEM", "CDMETHOD"),
)
PAGES = ("lb", "card", "promis", "bcpt")  # all records of a visit stand on one page and are saved together
LABELS = {
    "SEX": {"F": "Female", "M": "Male", "U": "Unknown"},
    "NY": {"Y": "Yes", "N": "No"},
    "NYNA": {"Y": "Yes", "N": "No", "NA": "Not applicable"},
    "PHASE": {"I": "Phase 1", "II": "Phase 2"},
    "LAT": {"LEFT": "Left", "RIGHT": "Right", "BILATERAL": "Bilateral", "NA": "NA"},
    "EXTRT": {"PALBOCICLIB": "Palbociclib", "LETROZOLE": "Letrozole", "T-DM1": "T-DM1"},
    "THERCLAS": {
        "T-DM1": "T-DM1",
        "OTHER ANTI-HER2": "Other anti-HER2",
        "SERD": "SERD",
        "SERM": "SERM",
        "CDK4/6 INHIBITOR": "CDK4/6 inhibitor",
    },
}
# Code books: the code of a term is its place in the list, if no other is given.
CODES = {
    "SEX": {"F": "1", "M": "2", "U": "3"},
    "NY": {"Y": "1", "N": "0"},
    "NYNA": {"Y": "1", "N": "2", "NA": "3"},
    "PHASE": {"I": "1", "II": "2"},
    "STAGE": {"0": "C1", "I": "C2", "II": "C3", "III": "C4", "IV": "C5", "UNKNOWN": "C6"},
    "HER2IHC": {"0": "C1", "1+": "C2", "2+": "C3", "3+": "C4", "NOT DONE": "C5"},
}
CODE_BOOKS = {
    "ETHNIC": ("HISPANIC OR LATINO", "NOT HISPANIC OR LATINO", "UNKNOWN", "NOT REPORTED"),
    "MENOPAUS": ("POSTMENOPAUSAL", "PREMENOPAUSAL", "PERIMENOPAUSAL", "UNKNOWN"),
    "EXTRT": ("PALBOCICLIB", "LETROZOLE", "T-DM1"),
    "DOSEMOD": ("HELD", "REDUCED", "DELAYED", "WITHDRAWN"),
    "MODREAS": ("ADVERSE EVENT", "SUBJECT DECISION", "SCHEDULING", "PHYSICIAN DECISION", "OTHER"),
    "REL": ("RELATED", "NOT RELATED"),
    "ACN": (
        "DOSE NOT CHANGED",
        "DOSE REDUCED",
        "DRUG INTERRUPTED",
        "DRUG WITHDRAWN",
        "NOT APPLICABLE",
        "UNKNOWN",
    ),
    "OUT": (
        "RECOVERED/RESOLVED",
        "RECOVERING/RESOLVING",
        "NOT RECOVERED/NOT RESOLVED",
        "RECOVERED/RESOLVED WITH SEQUELAE",
        "FATAL",
        "UNKNOWN",
    ),
    "LAT": ("LEFT", "RIGHT", "BILATERAL", "NA"),
    "METHOD": ("CT SCAN", "MRI", "CALIPER", "CHEST X-RAY", "PET/CT", "PHOTOGRAPHY"),
    "TRSTATE": ("ABSENT", "TOO SMALL TO MEASURE", "NOT EVALUATED", "MERGED", "SPLIT"),
    "NTSTATE": ("PRESENT", "ABSENT", "UNEQUIVOCAL PROGRESSION", "NOT EVALUATED"),
    "CERTAIN": ("UNEQUIVOCAL", "EQUIVOCAL"),
    "MARKER": ("NORMAL", "ABNORMAL", "NOT DONE"),
    "ACTKIND": ("SYSTEMIC", "RADIOTHERAPY", "SURGERY"),
    "DOSPROB": ("NONE", "MISSED", "VOMITED"),
    "NCOMPLT": (
        "PROGRESSIVE DISEASE",
        "ADVERSE EVENT",
        "DEATH",
        "WITHDRAWAL BY SUBJECT",
        "PHYSICIAN DECISION",
        "LOST TO FOLLOW-UP",
        "PROTOCOL DEVIATION",
        "STUDY TERMINATED BY SPONSOR",
        "OTHER",
    ),
    "EOSREAS": (
        "COMPLETED",
        "PROGRESSIVE DISEASE",
        "ADVERSE EVENT",
        "DEATH",
        "WITHDRAWAL BY SUBJECT",
        "PHYSICIAN DECISION",
        "LOST TO FOLLOW-UP",
        "PROTOCOL DEVIATION",
        "STUDY TERMINATED BY SPONSOR",
        "SCREEN FAILURE",
        "OTHER",
    ),
    "DTHCAUS": ("DISEASE PROGRESSION", "ADVERSE EVENT", "OTHER", "UNKNOWN"),
    "SURVSTAT": ("ALIVE", "DEAD", "LOST"),
    "HISTOL": ("DUCTAL", "LOBULAR", "MIXED", "OTHER"),
    "HER2ISH": ("POSITIVE", "NEGATIVE", "EQUIVOCAL", "NOT DONE"),
    "THERCLAS": (
        "TAXANE",
        "TRASTUZUMAB",
        "PERTUZUMAB",
        "T-DM1",
        "OTHER ANTI-HER2",
        "AROMATASE INHIBITOR",
        "SERD",
        "SERM",
        "CDK4/6 INHIBITOR",
        "OTHER CHEMOTHERAPY",
        "RADIOTHERAPY",
        "SURGERY",
        "OTHER",
    ),
    "SETTING": ("NEOADJUVANT", "ADJUVANT", "METASTATIC"),
    "PRIORRSP": ("CR", "PR", "SD", "PD", "NOT APPLICABLE", "UNKNOWN"),
    "PERSLT": ("NORMAL", "ABNORMAL", "NOT DONE"),
    "CDMETHOD": ("ECHOCARDIOGRAM", "MUGA", "12-LEAD ECG"),
    "ROUTE": ("ORAL", "INTRAVENOUS", "SUBCUTANEOUS", "TOPICAL", "INHALED", "OTHER"),
    "PROMISIN": (
        "ANXIETY",
        "DEPRESSION",
        "FATIGUE",
        "SLEEP DISTURBANCE",
        "PAIN INTERFERENCE",
        "PHYSICAL FUNCTION",
        "SOCIAL ROLES",
    ),
    "DVCAT": (
        "ELIGIBILITY",
        "CONSENT",
        "DOSING",
        "VISIT SCHEDULE",
        "PROCEDURE NOT DONE",
        "PROHIBITED MEDICATION",
        "OTHER",
    ),
}


@dataclass(frozen=True)
class Partial:
    """A date of which the site knows the year only, or year and month; `day` is what the EDC makes of it."""

    day: date
    month_known: bool


@dataclass
class Record:
    """What a site entered on one form record: contract fields, and the day to which the record belongs."""

    form: str
    folder: str
    when: date
    values: dict[str, object]


@dataclass
class Row:
    """One exported record and the defects planted in it: (rule, severity, field, note)."""

    form: str
    subject: str
    when: date
    cells: dict[str, str]
    plants: list[tuple[str, str, str, str]] = field(default_factory=list)


def code_of(codelist: str, term: str) -> str:
    """Return the code of a term in the EDC's code book; a list without codes is exported as it is."""
    if codelist in CODES:
        return CODES[codelist][term]
    book = CODE_BOOKS.get(codelist)
    return term if book is None else str(book.index(term) + 1)


def label_of(codelist: str, term: str) -> str:
    """Return the label of a term as the EDC prints it."""
    if codelist in VERBATIM:
        return term
    return LABELS.get(codelist, {}).get(term, term.capitalize())


def typed_date(day: date, site: str) -> str:
    """Return a date as the site types it."""
    if site in ISO_SITES:
        return day.isoformat()
    return f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year}"


def typed_partial(partial: Partial, site: str) -> str:
    """Return a date with unknown parts as the site types it."""
    day = partial.day
    if site in ISO_SITES:
        return f"{day.year}-{day.month:02d}" if partial.month_known else f"{day.year}"
    return f"UN-{MONTHS[day.month - 1]}-{day.year}" if partial.month_known else f"UN-UNK-{day.year}"


def spell(person: Participant, records: list[Record], scenario: Scenario, stream: Stream) -> list[Row]:
    """Return the exported rows of one participant; RECPOS counts the records of a form within its folder."""
    rows, counts, saved = [], dict[tuple[str, str], int](), dict[tuple[str, str], str]()
    for number, record in enumerate(records):
        counts[record.form, record.folder] = counts.get((record.form, record.folder), 0) + 1
        cells = dict.fromkeys(columns_of(record.form), "")
        page = (record.form, record.folder if record.form in PAGES else str(number))
        if page not in saved:
            saved[page] = _entered(record.when, scenario, stream.child(*page))
        cells |= {"SITE": person.site, "SUBJECT": person.subject, "FOLDER": record.folder, "OPENQUERIES": "0"}
        cells |= {"RECPOS": str(counts[record.form, record.folder]), "ENTRYTS": saved[page]}
        settled = (scenario.extracted - record.when).days > 180
        cells |= {"FORMSTATUS": "Locked" if settled else "Complete", "DELETED": "N"}
        for name, kind, column in LAYOUTS[record.form].columns:
            cells |= _cells(record.values.get(name), kind, column, person.site, scenario.coded)
        cells |= {name: str(record.values.get(name, "")) for name in LAYOUTS[record.form].extra}
        rows.append(Row(record.form, person.subject, record.when, cells))
    return rows


def _entered(when: date, scenario: Scenario, stream: Stream) -> str:
    """Return the entry time: some days after the event, never after the extract."""
    day = min(when + timedelta(days=stream.integer(0, 9)), scenario.extracted - timedelta(days=1))
    day = max(day, when)
    clock = timedelta(seconds=stream.integer(8 * 3600, 17 * 3600))
    return (datetime(day.year, day.month, day.day) + clock).isoformat(sep=" ")


def _cells(value: object, kind: str, column: str, site: str, coded: bool) -> dict[str, str]:
    if kind == "boxes":
        ticked = value if isinstance(value, tuple) else ()
        return {box: str(int(term in ticked)) for box, term in BOXES[column].items()}
    if kind == "parts" and isinstance(value, date):
        return {
            f"{column}_YY": f"{value.year}",
            f"{column}_MM": f"{value.month:02d}",
            f"{column}_DD": f"{value.day:02d}",
        }
    if kind == "date" and isinstance(value, Partial):
        return date_cells(column, typed_partial(value, site), value.day)
    if kind == "date":
        return date_cells(column, typed_date(value, site) if isinstance(value, date) else "", value)
    if value is None or value == "":
        return {}
    if kind.startswith("twin-"):
        codelist = kind.removeprefix("twin-")
        return {column: label_of(codelist, str(value)), f"{column}_STD": code_of(codelist, str(value))}
    if kind == "text":
        return {column: format(value, "f") if isinstance(value, Decimal) else str(value)}
    return {column: code_of(kind, str(value)) if coded else label_of(kind, str(value))}


def date_cells(column: str, typed: str, standard: object) -> dict[str, str]:
    """Return the date as typed and the standard date that the EDC completes by itself."""
    return {f"{column}_RAW": typed, column: standard.isoformat() if isinstance(standard, date) else ""}
