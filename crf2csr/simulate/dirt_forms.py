"""Defects planted in the forms of history, examination, laboratory, medication, reports and deviations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from crf2csr.simulate.model import Scenario, Story
from crf2csr.simulate.picking import Picker, append_after, clone
from crf2csr.simulate.spelling import Row, label_of, typed_date
from crf2csr.simulate.streams import Stream

Rows = dict[str, list[Row]]
Plant = tuple[str, str, str, str]
UNITS_PER_MICROLITER = 1000  # 10^9/L are thousands in a microliter


@dataclass(frozen=True)
class Slip:
    """One wrong entry: which records of a form it may hit, the cells as they are entered, the queries."""

    form: str
    wanted: dict[str, tuple[str, ...]]
    cells: dict[str, str]
    plants: tuple[Plant, ...]


LATER = tuple(f"Cycle {number} Day 1" for number in range(3, 7))
FIRST = ("Cycle 1 Day 1",)
# In the labels of `full`; a slip without a query must be survived. No value on which the story depends is hit.
SLIPS = (
    Slip("dxh", {}, {"HISTOL": "IDC"}, (("Q-107", "E", "histol", "not in the code list"),)),
    Slip("dxh", {}, {"ERPCT": ""}, (("Q-306", "W", "erpct", "no estrogen receptor result"),)),
    Slip(
        "dxh",
        {},
        {"HER2IHC": "Not done", "HER2ISH": "Not done"},
        (("Q-306", "W", "her2ihc", "no HER2 result by either method"),),
    ),
    Slip("dxh", {}, {"PGRPCT": "-99"}, (("Q-109", "W", "pgrpct", "missing code that the field does not list"),)),
    Slip("dxh", {}, {"PGRPCT": "130"}, (("Q-110", "W", "pgrpct", "a percentage above 100"),)),
    Slip(
        "dxh",
        {"METSITES___1": ("1",)},
        {"METSITES___-99": "1"},
        (("Q-117", "W", "metsites", "none ticked beside a site"),),
    ),
    Slip(
        "ptx",
        {"CLASS": ("SERD", "Aromatase inhibitor"), "SETTING": ("Metastatic",)},
        {"CLASS": "CDK4/6 inhibitor", "AGENT": "Ribociclib"},
        (("Q-303", "E", "class", "prior CDK4/6 inhibitor"),),
    ),
    Slip(
        "mh",
        {"ONGOING": ("Yes",)},
        {"DECOD": "", "BODSYS": "", "PTCD": ""},
        (("Q-115", "W", "decod", "not coded (blocks lock)"),),
    ),
    Slip("mh", {"ONGOING": ("Yes",)}, {"GRADE": "7"}, (("Q-110", "W", "grade", "no such grade"),)),
    Slip("mh", {"DECOD": ("Migraine", "Hypertension")}, {"TERM": "patient’s high BP – since 2009"}, ()),
    Slip("pe", {"FOLDER": LATER}, {"ECOG": "ND"}, ()),
    Slip("pe", {"FOLDER": ("Screening",)}, {"ECOG": "3"}, (("Q-302", "E", "ecog", "above 2 at baseline"),)),
    Slip("pe", {"FOLDER": LATER}, {"FOLDER": "Unscheduled visit"}, (("Q-120", "W", "visit", "visit label unknown"),)),
    Slip(
        "lb",
        {"TESTCD": ("K",), "FOLDER": LATER},
        {"RESULT": "hemolyzed"},
        (("Q-108", "E", "lborres", "text in place of a result"),),
    ),
    Slip("lb", {"TESTCD": ("ALP",), "FOLDER": LATER}, {"UNIT": ""}, (("Q-802", "W", "lborresu", "unit missing"),)),
    Slip(
        "lb",
        {"TESTCD": ("CREAT",), "FOLDER": LATER},
        {"RESULT": "0.8", "UNIT": "mg%"},
        (("Q-802", "E", "lborresu", "unit unknown for the test"),),
    ),
    Slip(
        "lb",
        {"TESTCD": ("GGT",), "FOLDER": LATER},
        {"NRLO": "5-48", "NRHI": ""},
        (
            ("Q-108", "E", "lbnrlo", "a range in a numeric field"),
            ("Q-802", "W", "lbnrlo", "no reference range that can be read"),
        ),
    ),
    Slip(
        "lb",
        {"TESTCD": ("MG",), "FOLDER": FIRST},
        {"LBTM": ""},
        (),
    ),
    Slip(
        "lb",
        {"TESTCD": ("PHOS",), "FOLDER": FIRST},
        {"LBTM": "15:40"},
        (),
    ),
    Slip(
        "lb",
        {"TESTCD": ("AST",), "FOLDER": LATER, "NRLO": ("10",)},
        {"NRLO": "40", "NRHI": "10"},
        (("Q-811", "W", "lbnrlo", "limits exchanged"),),
    ),
    Slip(
        "card",
        {"TESTCD": ("QT",), "FOLDER": ("Cycle 1 Day 15",)},
        {"RESULT": "4010"},
        (("Q-110", "W", "cdorres", "a digit too many"),),
    ),
    Slip(
        "card",
        {"TESTCD": ("RR",), "FOLDER": ("Cycle 2 Day 1",)},
        {"RESULT": "850 ms"},
        (("Q-108", "E", "cdorres", "unit written into the number"),),
    ),
    Slip("cm", {"ROUTE": ("Oral",)}, {"ROUTE": "PO"}, (("Q-107", "E", "route", "not in the code list"),)),
    Slip("cm", {}, {"INDC": ""}, (("Q-1105", "W", "indc", "indication missing"),)),
    Slip(
        "cm",
        {},
        {"DECOD": "", "ATC": "", "ATCTX": ""},
        (
            ("Q-115", "W", "decod", "not coded (blocks lock)"),
            ("Q-1105", "W", "decod", "medication not coded"),
        ),
    ),
    Slip(
        "bcpt",
        {"FOLDER": LATER, "NOTDONE": ("No",)},
        {"ANSWER": "2.5"},
        (("Q-903", "E", "answer", "between two answers of the scale"),),
    ),
    Slip(
        "promis",
        {"FOLDER": LATER, "NOTDONE": ("No",)},
        {"ANSWER": "6"},
        (("Q-903", "E", "answer", "the scale ends at 5"),),
    ),
    Slip(
        "promis",
        {"FOLDER": LATER, "NOTDONE": ("No",), "ANSWER": ("1", "2", "3")},
        {"NOTDONE": "Yes", "REASND": "patient too ill"},
        (("Q-902", "E", "answer", "answered though marked as not done"),),
    ),
    Slip("promis", {"NOTDONE": ("Yes",)}, {"REASND": ""}, (("Q-902", "W", "reasnd", "not done, no reason"),)),
    Slip(
        "dv",
        {"DVCAT": ("Visit schedule",)},
        {"DVCAT": "", "IMPORTANT": "Yes"},
        (("Q-1107", "W", "dvcat", "important, without a category"),),
    ),
    Slip(
        "dv",
        {"DVCAT": ("Visit schedule",)},
        {"DVCAT": "Eligibility", "TERM": "screening laboratory test repeated after the window"},
        (("Q-1107", "W", "criterion", "eligibility without the criterion"),),
    ),
    Slip(
        "dv",
        {"DVCAT": ("Dosing",)},
        {"TERM": "tablets forgotten, told by mail from study.patient@example.org"},
        (("Q-118", "E", "term", "e-mail address"),),
    ),
)
SMALL = (
    Slip("lb", {"TESTCD": ("ALP",), "FOLDER": LATER}, {"UNIT": ""}, (("Q-802", "W", "lborresu", "unit missing"),)),
    Slip(
        "bcpt",
        {"FOLDER": LATER, "NOTDONE": ("0",)},
        {"ANSWER": "5"},
        (("Q-903", "E", "answer", "the scale ends at 4"),),
    ),
    Slip("cm", {}, {"INDC": ""}, (("Q-1105", "W", "indc", "indication missing"),)),
    Slip(
        "mh",
        {},
        {"DECOD": "", "BODSYS": "", "PTCD": ""},
        (("Q-115", "W", "decod", "not coded (blocks lock)"),),
    ),
)


def plant_form_defects(rows: Rows, scenario: Scenario, stories: dict[str, Story], stream: Stream) -> None:
    """Plant wrong entries, records entered twice or deleted, and values that other records contradict."""
    for slip in SLIPS if scenario.name == "full" else SMALL:
        _slip(rows[slip.form], slip, stream.child("slip", slip.form, *slip.cells, *slip.cells.values()))
    _albumin_left_out(rows["lb"], stream.child("albumin"))
    if scenario.name == "full":
        _repeated(rows, stream.child("repeated"))
        _laboratory(rows["lb"], stories, stream.child("lb"))
        _medication(rows, stories, stream.child("cm"))
        _method(rows["card"], stream.child("card"))
        _reports(rows["promis"], stories, stream.child("promis"))
        _state(rows, stream.child("state"))


def _slip(rows: list[Row], slip: Slip, stream: Stream) -> None:
    row = Picker(rows, stream).next(
        lambda item: all(item.cells[column] in values for column, values in slip.wanted.items())
    )
    row.plants += slip.plants
    row.cells |= slip.cells


def _mates(rows: list[Row], row: Row) -> list[Row]:
    """Return the records of one form of one visit, or of one short form, to which a record belongs."""
    keys = [key for key in ("FOLDER", "INSTR") if key in row.cells]
    return [
        other
        for other in rows
        if other.subject == row.subject and all(other.cells[key] == row.cells[key] for key in keys)
    ]


def _albumin_left_out(rows: list[Row], stream: Stream) -> None:
    albumin = Picker(rows, stream).next(lambda row: row.cells["TESTCD"] == "ALB" and row.cells["FOLDER"] in LATER)
    albumin.cells["RESULT"] = "ND"
    calcium = next(row for row in _mates(rows, albumin) if row.cells["TESTCD"] == "CA")
    calcium.plants.append(("Q-812", "W", "lborres", "no albumin of the same sample"))


def _repeated(rows: Rows, stream: Stream) -> None:
    """Records exported twice, keys with two different records, a record deleted at the source."""
    _twice(rows["cm"], _is_dated, ("TRT", "cmno", ("see list of pharmacy", "unknown")), stream.child("cm"))
    _twice(rows["lb"], _is_gamma, ("RESULT", "lbtestcd", ("31", "32")), stream.child("lb"))
    original = Picker(rows["mh"], stream.child("mh")).next()
    deleted = clone(original, rows["mh"], ("MHNO", "RECPOS"), original.when)
    deleted.cells["DELETED"] = "Y"
    append_after(rows["mh"], deleted)


def _twice(
    rows: list[Row], wanted: Callable[[Row], bool], entry: tuple[str, str, tuple[str, str]], stream: Stream
) -> None:
    """Export one record twice and enter another one again under its key; `entry` is column, key field, new values."""
    column, key, values = entry
    picker = Picker(rows, stream)
    original = picker.next(wanted)
    copy = clone(original, rows, (), original.when)
    copy.plants.append(("Q-104", "W", "", "exported twice"))
    append_after(rows, copy)
    original = picker.next(wanted)
    changed = clone(original, rows, (), original.when)
    changed.cells["RECPOS"] = str(max(int(row.cells["RECPOS"]) for row in _mates(rows, original)) + 1)
    changed.cells[column] = next(value for value in values if value != original.cells[column])
    for row in (original, changed):
        row.plants.append(("Q-103", "E", key, "two records of this key with different entries"))
    append_after(rows, changed)


def _is_gamma(row: Row) -> bool:
    return row.cells["TESTCD"] == "GGT" and row.cells["FOLDER"] in LATER


def _is_dated(row: Row) -> bool:
    return "UN" not in row.cells["STDAT_RAW"]


def _laboratory(rows: list[Row], stories: dict[str, Story], stream: Stream) -> None:
    """A count in another unit than written, and platelets that no event explains."""
    picker = Picker(rows, stream)
    cells = picker.next(lambda row: row.cells["TESTCD"] == "NEUT" and row.cells["FOLDER"] in LATER)
    cells.cells["RESULT"] = format(int(float(cells.cells["RESULT"]) * UNITS_PER_MICROLITER + 0.5), "d")
    cells.plants.append(("Q-803", "W", "lborres", "cells in a microliter under a unit of 10^9/L"))
    quiet = [name for name, story in stories.items() if not any("Platelet" in item.decod for item in story.events)]
    platelets = [row for row in rows if row.cells["TESTCD"] == "PLAT" and row.subject in quiet]
    low = Picker(platelets, stream.child("low")).next(lambda row: row.cells["FOLDER"] in LATER)
    low.cells["RESULT"] = "38"
    low.plants.append(("Q-510", "W", "lborres", "grade 3 without an adverse event"))


def _medication(rows: Rows, stories: dict[str, Story], stream: Stream) -> None:
    """A prohibited medication, one that ends before it starts, a condition ended and going on, late radiotherapy."""
    picker = Picker(rows["cm"], stream)
    model = picker.next(lambda row: row.cells["STDAT"] > "2019" and _is_dated(row) and row.cells["ENDAT_RAW"] != "")
    strong = clone(model, rows["cm"], ("CMNO", "RECPOS"), model.when)
    strong.cells |= {"TRT": "clarithromycin 500 mg", "DECOD": "Clarithromycin", "ATC": "J01", "INDC": "sinusitis"}
    strong.cells |= {"ATCTX": "ANTIBACTERIALS FOR SYSTEMIC USE", "ROUTE": label_of("ROUTE", "ORAL")}
    strong.plants.append(("Q-1106", "W", "decod", "strong inhibitor of CYP3A"))
    append_after(rows["cm"], strong)
    swapped = picker.next(lambda row: _is_dated(row) and row.cells["STDAT"] < row.cells["ENDAT"])
    cells = swapped.cells
    starts, ends = (cells["STDAT_RAW"], cells["STDAT"]), (cells["ENDAT_RAW"], cells["ENDAT"])
    cells |= dict(zip(("STDAT_RAW", "STDAT", "ENDAT_RAW", "ENDAT"), (*ends, *starts), strict=True))
    swapped.plants.append(("Q-1108", "W", "endtc", "ends before it starts"))
    ended = Picker(rows["mh"], stream.child("mh")).next(
        lambda row: row.cells["ENDAT_RAW"] != "" and row.cells["DELETED"] == "N"
    )
    ended.cells["ONGOING"] = "Yes"
    ended.plants.append(("Q-1108", "W", "ongoing", "ongoing, with an end date"))
    recent = Picker(rows["ptx"], stream.child("ptx")).next(lambda row: row.cells["AGENT"] == "bone 8 Gy")
    when = stories[recent.subject].person.on(-8)
    typed = typed_date(when, recent.cells["SITE"])
    recent.cells |= {"STDAT_RAW": typed, "STDAT": when.isoformat(), "ENDAT_RAW": typed, "ENDAT": when.isoformat()}
    recent.plants.append(("Q-305", "W", "endtc", "radiotherapy 8 days before the first dose"))


def _method(rows: list[Row], stream: Stream) -> None:
    """The last ejection fraction of a participant by another method than those before."""
    measured = [row for row in rows if row.cells["TESTCD"] == "LVEF"]
    last = {row.subject: row for row in measured}
    often = [row for name, row in last.items() if sum(other.subject == name for other in measured) >= 3]
    row = Picker(often, stream).next()
    names = [label_of("CDMETHOD", name) for name in ("ECHOCARDIOGRAM", "MUGA")]
    row.cells["METHOD"] = names[row.cells["METHOD"] == names[0]]
    row.plants.append(("Q-810", "W", "method", "another method than before"))


def _reports(rows: list[Row], stories: dict[str, Story], stream: Stream) -> None:
    """A form in another version than before, a baseline form filled in after the first dose, an item on another day."""
    picker = Picker(rows, stream)
    row = picker.next(
        lambda item: (
            item.cells["ITEM"] == "1"
            and item.cells["INSTR"] == "Pain interference"
            and item.cells["FOLDER"] in LATER
            and all(_answered(mate) for mate in _mates(rows, item))
        )
    )
    for mate in _mates(rows, row):
        mate.cells["VERSION"] = "v1.1"
    row.plants.append(("Q-904", "W", "version", "another version than at the other visits"))
    row.plants.append(("Q-907", "E", "version", "no scoring table for the version"))
    late = picker.next(
        lambda item: (
            item.cells["ITEM"] == "1"
            and item.cells["FOLDER"] in FIRST
            and all(_answered(mate) for mate in _mates(rows, item))
        )
    )
    when = stories[late.subject].person.first_dose + timedelta(days=3)
    for mate in _mates(rows, late):
        mate.cells |= {"QSDAT_RAW": typed_date(when, mate.cells["SITE"]), "QSDAT": when.isoformat()}
    apart = picker.next(
        lambda item: (
            item.cells["ITEM"] == "3"
            and item.cells["FOLDER"] in LATER
            and all(_answered(mate) for mate in _mates(rows, item))
        )
    )
    when = apart.when + timedelta(days=1)
    apart.cells |= {"QSDAT_RAW": typed_date(when, apart.cells["SITE"]), "QSDAT": when.isoformat()}
    apart.plants.append(("Q-901", "W", "qsdtc", "a day after the items before"))
    late.plants.append(("Q-905", "W", "qsdtc", "baseline form three days after the first dose"))


def _answered(row: Row) -> bool:
    return row.cells["ANSWER"] in ("1", "2", "3", "4", "5") and row.cells["NOTDONE"] == "No" and not row.plants


def _state(rows: Rows, stream: Stream) -> None:
    """A short form not yet complete and a laboratory result with an open query."""
    row = Picker(rows["promis"], stream).next(
        lambda item: not any(mate.plants for mate in _mates(rows["promis"], item))
    )
    for mate in _mates(rows["promis"], row):
        mate.cells["FORMSTATUS"] = "Incomplete"
    Picker(rows["lb"], stream.child("lb")).next(_is_gamma).cells["OPENQUERIES"] = "1"
