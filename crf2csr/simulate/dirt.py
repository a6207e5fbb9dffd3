"""Defects planted in the export: what real extracts have and a run must survive."""

import re
from datetime import date, timedelta

from crf2csr.simulate.dirt_events import harmless, plant_event_defects
from crf2csr.simulate.dirt_forms import plant_form_defects
from crf2csr.simulate.disagreements import plant_story_queries
from crf2csr.simulate.model import Scenario, Story
from crf2csr.simulate.picking import COMMENTS, Picker, append_after, clone, take
from crf2csr.simulate.spelling import MONTHS, Row, code_of, label_of, typed_date
from crf2csr.simulate.streams import Stream

Rows = dict[str, list[Row]]
AFTER_CUTOFF_FIELDS = {"ae": "stdtc", "fu": "fudtc", "tl": "dtc", "ntl": "dtc", "nl": "dtc", "rs": "dtc"}


def plant_defects(rows: Rows, scenario: Scenario, stories: dict[str, Story]) -> None:
    """Plant the defects of a scenario in its rows, in place, each with the query that a right cleaner must raise."""
    stream = Stream(scenario.seed, scenario.name, "dirt")
    plant_story_queries(rows, stories)
    _plant_natural(rows)
    _plant_late(rows, scenario, stories, stream.child("late"))
    plant_event_defects(rows["ae"], scenario, stream.child("ae"))
    _plant_tumor(rows, stories, stream.child("tumor"))
    _plant_infusions(rows["ex_tdm1"], scenario, stream.child("ex_tdm1"))
    _plant_comments(rows, stream.child("comments"))
    if scenario.name == "full":
        _plant_oral(rows["ex_oral"], stream.child("ex_oral"))
        _plant_demographics(rows["dm"], stream.child("dm"))
        _plant_samples(rows["pk"], stream.child("pk"))
        _plant_therapies(rows["act"], stories, stream.child("act"))
        _plant_endings(rows, stream.child("endings"))
        unread = take(rows["vs"], stream.child("vs"), lambda row: row.cells["VSTESTCD"] == "TEMP")[0]
        unread.cells["VSORRES"] = "."
        unread.plants.append(("Q-109", "W", "vsorres", "missing code that the field does not list"))
    plant_form_defects(rows, scenario, stories, stream.child("forms"))
    _plant_state(rows, scenario, stream.child("state"))


def _plant_natural(rows: Rows) -> None:
    """Running cycles are not closed at the extract; missed doses and a second death date stand on the forms."""
    for row in rows["fu"]:
        if row.cells["DTHDAT_RAW"]:
            row.plants.append(("Q-608", "W", "dthdtc", "the same date stands at the end of study"))
    for row in rows["ex_oral"]:
        if not row.cells["ENDAT_RAW"]:
            row.cells["FORMSTATUS"] = "Incomplete"
    for row in rows["pk"]:
        if row.cells["MISSED7"] not in ("", "0"):
            row.plants.append(("Q-1008", "W", "missed7", "palbociclib missed in the seven days before the trough"))


def _plant_late(rows: Rows, scenario: Scenario, stories: dict[str, Story], stream: Stream) -> None:
    """Add an event and a contact after the cutoff; mark all such records (R-209: removed from analysis and listed)."""
    ongoing = [subject for subject, story in stories.items() if story.course.last_day is None]
    template = take(rows["ae"], stream, lambda row: row.subject in ongoing and harmless(row, scenario))[0]
    when = scenario.cutoff + timedelta(days=1)
    late = clone(template, rows["ae"], ("AENO", "RECPOS"), when)
    late.cells |= {"STDAT_RAW": typed_date(when, late.cells["SITE"]), "STDAT": when.isoformat()}
    late.cells |= {"ENDAT_RAW": "", "ENDAT": "", "ONGOING": _coded("NY", "Y", scenario), "GRADE": "1"}
    late.cells |= {"OUTCOME": label_of("OUT", "NOT RECOVERED/NOT RESOLVED"), "OUTCOME_STD": "3"}
    append_after(rows["ae"], late)
    _late_contact(rows["fu"], scenario, stories)
    for form, field in AFTER_CUTOFF_FIELDS.items():
        for row in rows[form]:
            if row.when > scenario.cutoff:
                row.plants.append(("Q-1101", "I", field, "after the cutoff, not after the extract"))


def _late_contact(rows: list[Row], scenario: Scenario, stories: dict[str, Story]) -> None:
    followed = [row for row in rows if stories[row.subject].course.off_study is None]
    if not followed:
        return
    latest = followed[-1]
    when = scenario.cutoff + timedelta(days=2)
    late = clone(latest, rows, ("FUNO",), when)
    late.cells |= {"FOLDER": f"Follow-up {late.cells['FUNO']}", "FUDAT_RAW": typed_date(when, late.cells["SITE"])}
    late.cells |= {"FUDAT": when.isoformat(), "NEWTX": _coded("NY", "N", scenario), "PD": _coded("NY", "N", scenario)}
    append_after(rows, late)


def _coded(codelist: str, term: str, scenario: Scenario) -> str:
    return code_of(codelist, term) if scenario.coded else label_of(codelist, term)


def _plant_tumor(rows: Rows, stories: dict[str, Story], stream: Stream) -> None:
    """Missing codes beside the status word, a measurement exported twice, an unknown method, names in other letters."""
    unseen = [row for row in rows["tl"] if row.cells["STATE"].upper() == "NOT EVALUATED"]
    for number, row in enumerate(unseen):
        row.cells["DIAMETER"] = ("ND", "-99")[number % 2]
    plain = [subject for subject, story in stories.items() if story.plan.targets is None]
    pool = [row for row in rows["tl"] if row.subject in plain] or rows["tl"]
    original = stream.choice([row for row in pool if row.cells["FOLDER"] != "Screening"])
    copy = clone(original, rows["tl"], (), original.when)
    copy.plants.append(("Q-104", "W", "", "exported twice"))
    append_after(rows["tl"], copy)
    if len(stories) > 3:
        _plant_unit(rows["tl"], stories)
        scanned = [row for row in rows["tl"] if row.cells["METHOD"] == "CT SCAN" and row not in (copy, original)]
        for row in take(scanned, stream, count=4):
            row.cells["METHOD"] = "ct scan"
        odd = take(rows["ntl"], stream)[0]
        odd.cells["METHOD"] = "CT-PET fusion"
        odd.plants.append(("Q-107", "E", "method", "not in the code list"))
        odd.plants.append(("Q-702", "W", "method", "no method that can be read"))
        for row in take([row for row in rows["ntl"] if row is not odd], stream, count=3):
            row.cells["ORGAN"] += " "


def _plant_unit(rows: list[Row], stories: dict[str, Story]) -> None:
    """A diameter in centimeters where the other lesion alone shows progression, so that no response depends on it."""
    compared = [name for name, story in stories.items() if story.plan.habit == "baseline" and story.plan.targets]
    for row in rows:
        if (row.subject in compared, row.cells["FOLDER"], row.cells["LESION"]) == (True, "Tumor assessment 5", "T2"):
            row.cells |= {"DIAMETER": "2.6", "UNIT": "cm"}
            row.plants.append(("Q-716", "W", "unit", "centimeters among millimeters"))


def _plant_infusions(rows: list[Row], scenario: Scenario, stream: Stream) -> None:
    """Decimal commas of one site beside points, and text where a number or a time belongs."""
    given = [row for row in rows if row.cells["VOLUME"]]
    sites = sorted({row.cells["SITE"] for row in given})
    for row in given:
        if row.cells["SITE"] == sites[-1] and int(row.cells["CYCLE"]) % 2:
            row.cells |= {name: row.cells[name].replace(".", ",") for name in ("WEIGHT", "MG")}
    picker = Picker(given, stream)
    row = picker.next()
    row.cells["VOLUME"] = "-99"
    row.plants.append(("Q-109", "W", "volume", "missing code that the field does not list"))
    if scenario.name != "full":
        return
    for text, rule in (("1,000", "thousands separator"), ("before validation 1", "text in a numeric field")):
        row = picker.next()
        row.cells["VOLUME"] = text
        row.plants.append(("Q-108", "E", "volume", rule))
    row = picker.next()
    row.cells["ENTM"] = "55:02"
    row.plants += [("Q-108", "E", "entm", "not a time"), ("Q-408", "W", "exdtc", "no end time that can be read")]


def _plant_comments(rows: Rows, stream: Stream) -> None:
    for form in ("ae", "tl", "ntl", "eot"):
        chosen = take(rows[form], stream.child(form), count=min(len(COMMENTS), len(rows[form])))
        for row, text in zip(chosen, COMMENTS, strict=False):
            row.cells["COMMENTS"] = text


def _plant_oral(rows: list[Row], stream: Stream) -> None:
    """Listed missing codes, spreadsheet damage, a record exported twice, one deleted at the source."""
    late = [row for row in rows if row.cells["ENDAT_RAW"] and row.cells["GIVEN"] == "Yes"]
    picker = Picker([row for row in late if not row.cells["FOLDER"].startswith(("Cycle 1 ", "Cycle 2 "))], stream)
    for _ in range(3):
        picker.next().cells["TAKEN"] = "-99"
    row = picker.next()
    row.cells["RETURNED"] = "1-Mar"
    row.plants.append(("Q-108", "E", "returned", "1-3 turned into a date by a spreadsheet"))
    picker.next().cells["LOT"] = "1E5"
    picker.next().cells["LOT"] = "007  "
    original = picker.next()
    copy = clone(original, rows, (), original.when)
    copy.plants += [("Q-104", "W", "", "exported twice")]
    append_after(rows, copy)
    deleted = clone(picker.next(), rows, ("EXNO",), original.when)
    deleted.when = date.fromisoformat(deleted.cells["STDAT"])
    deleted.cells |= {"DELETED": "Y", "DOSE": "1250", "RECPOS": "9"}
    append_after(rows, deleted)


def _plant_demographics(rows: list[Row], stream: Stream) -> None:
    """A race question with nothing ticked, and one with `not reported` beside an answer."""
    white = [row for row in rows if row.cells["RACE___5"] == "1" and row.cells["RACE___1"] == "0"]
    empty, both = take(white, stream, count=2)
    empty.cells["RACE___5"] = "0"
    empty.plants.append(("Q-117", "W", "race", "nothing ticked though the form is answered"))
    both.cells["RACE___-99"] = "1"
    both.plants.append(("Q-117", "W", "race", "not reported ticked beside an answer"))


def _plant_samples(rows: list[Row], stream: Stream) -> None:
    """A late sample, one never drawn, one quantifiable before the first dose, a unit in a number, an odd id."""
    first = [row for row in rows if row.cells["FOLDER"] == "Cycle 1 Day 1"]
    early, two, four, eight = (
        Picker([row for row in first if row.cells["TPT"] == hour], stream.child(hour)) for hour in ("0", "2", "4", "8")
    )
    late = two.next()
    hour, minute = (int(part) for part in late.cells["DOSTM"].split(":"))
    late.cells["PCTM"] = f"{hour + 2 + (minute + 26) // 60:02d}:{(minute + 26) % 60:02d}"
    late.plants.append(("Q-1003", "W", "pctm", "2 h 26 min after the dose"))
    vomited = two.next()
    vomited.cells["DOSPROB"] = "Vomited"
    vomited.plants.append(("Q-1009", "W", "dosprob", "vomited within two Tmax"))
    missing = four.next()
    missing.cells |= {"PCDAT_RAW": "", "PCDAT": "", "PCTM": "", "CONC": ""}
    missing.plants.append(("Q-1010", "W", "conc", "sample not drawn, no reason"))
    before = early.next()
    before.cells["CONC"] = "1.4"
    before.plants.append(("Q-1006", "W", "conc", "quantifiable before the first dose"))
    text = eight.next()
    text.cells["CONC"] += " ng/mL"
    text.plants.append(("Q-108", "E", "conc", "unit written into the number"))
    eight.next().cells["SPECIMEN"] = "1E5"


def _plant_therapies(rows: list[Row], stories: dict[str, Story], stream: Stream) -> None:
    """Partial and two-digit years, a Cyrillic name, a character lost in transfer."""
    systemic = [
        row for row in rows if row.cells["KIND"] == "Systemic" and stories[row.subject].plan.therapy_day is None
    ]
    picker = Picker([row for row in systemic if not row.cells["ENDAT_RAW"]], stream)
    partial = picker.next()
    day = date.fromisoformat(partial.cells["STDAT"])
    partial.cells |= {"STDAT_RAW": f"UN-{MONTHS[day.month - 1]}-{day.year}", "STDAT": day.replace(day=1).isoformat()}
    partial.plants.append(("Q-1110", "W", "stdtc", "day unknown"))
    picker.next().cells |= {"AGENT": "Капецитабин", "CLASS": "Chemotherapy"}
    lost = picker.next()
    lost.cells["CLASS"] = "HER2\ufffdtargeted"
    lost.plants.append(("Q-116", "E", "class", "replacement character"))
    short = take([row for row in systemic if row.cells["ENDAT_RAW"]], stream)[0]
    day = date.fromisoformat(short.cells["ENDAT"])
    short.cells["ENDAT_RAW"] = f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year % 100:02d}"
    short.plants.append(("Q-1103", "W", "endtc", "century not given"))


def _plant_endings(rows: Rows, stream: Stream) -> None:
    """A death of which only the month is known, and a contact that belongs to nobody."""
    death = take([row for row in rows["eos"] if row.cells["CAUSE"] == "Disease progression"], stream)[0]
    for row in (death, *(row for row in rows["fu"] if row.subject == death.subject and row.cells["DTHDAT_RAW"])):
        day = date.fromisoformat(row.cells["DTHDAT"])
        row.cells |= {"DTHDAT_RAW": f"UN-{MONTHS[day.month - 1]}-{day.year}", "DTHDAT": day.replace(day=1).isoformat()}
        row.plants.append(("Q-610", "W", "dthdtc", "day of death unknown"))
    orphan = clone(take([row for row in rows["fu"] if row.cells["FUNO"] == "1"], stream)[0], rows["fu"], (), date.min)
    orphan.subject, orphan.cells["SITE"], orphan.cells["SUBJECT"] = "05-099", "05", "05-099"
    orphan.cells |= {"NEWTX": "No", "PD": "No"}
    orphan.plants.append(("Q-105", "E", "subject", "not in dm"))
    rows["fu"].append(orphan)


def _plant_state(rows: Rows, scenario: Scenario, stream: Stream) -> None:
    """Open queries and unlocked forms; then mark them, the deleted records and the gap that a deletion left."""
    for form in ("ae", "ex_oral", "tl", "fu") if scenario.name == "full" else ("ae",):
        opened, unlocked = take([row for row in rows[form] if not row.plants], stream.child(form), count=2)
        opened.cells["OPENQUERIES"] = "2"
        unlocked.cells["FORMSTATUS"] = "Incomplete"
    if scenario.name == "full":
        _gap(rows["ae"], stream.child("gap"))
    for form in sorted(set(rows) - {"ie", "sv", "vs"}):
        for row in rows[form]:
            if row.cells["DELETED"] == "Y":
                row.plants = [("Q-112", "I", "deleted", "deleted at the source")]
            elif row.cells["FORMSTATUS"] == "Incomplete":
                row.plants.append(("Q-111", "W", "status", "not complete at the extract"))
            elif row.cells["OPENQUERIES"] != "0":
                row.plants.append(("Q-111", "W", "queries", "open query in the source"))


def _gap(rows: list[Row], stream: Stream) -> None:
    """Renumber the records of one subject as if one in the middle had been removed."""
    counts = {row.subject: 0 for row in rows}
    for row in rows:
        counts[row.subject] += 1 if re.fullmatch(r"\d+", row.cells["RECPOS"]) else 0
    dirty = {row.subject for row in rows if any(plant[0] in ("Q-103", "Q-104", "Q-1101") for plant in row.plants)}
    dirty |= {row.subject for row in rows if row.cells["DELETED"] == "Y"}
    subject = stream.choice(sorted(name for name, count in counts.items() if count >= 6 and name not in dirty))
    after = [row for row in rows if row.subject == subject and int(row.cells["RECPOS"]) >= 4]
    for row in after:
        row.cells["RECPOS"] = str(int(row.cells["RECPOS"]) + 1)
    after[0].plants.append(("Q-112", "I", "record", "record number 4 is missing"))
