"""Apart from what is planted, history, laboratory, heart, reports, medication and deviations agree with the rest.

Bounds of grades: CTCAE v4.03 (Investigations; Blood and lymphatic system; Metabolism and nutrition).
"""

import csv
import itertools
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from statistics import mean, stdev

import pytest

from crf2csr.simulate.extract import Extract

Forms = dict[str, list[dict[str, str]]]
Rows = list[dict[str, str]]
CODELISTS = Path(__file__).parents[2] / "config" / "codelists"
HEMATOLOGY = {"HGB", "WBC", "NEUT", "LYM", "PLAT"}
CHEMISTRY = {"ALT", "AST", "ALP", "GGT", "BILI", "CREAT", "ALB", "CA", "K", "SODIUM", "MG", "PHOS", "GLUC"}
COAGULATION = {"APTT", "INR"}
# The form's column of the day to which a record belongs.
DAYS = {"pe": "PEDAT", "lb": "LBDAT", "card": "CDDAT", "promis": "QSDAT", "bcpt": "QSDAT", "dv": "DVDAT"}
# Below (above) this value a result is grade 3 or worse; transaminases and the like in multiples of the upper limit.
GRADE_3_BELOW = {"HGB": 80, "WBC": 2.0, "NEUT": 1.0, "LYM": 0.5, "PLAT": 50, "ALB": 20, "CA": 1.75, "K": 3.0}
GRADE_3_BELOW |= {"SODIUM": 130, "MG": 0.4, "PHOS": 0.6, "GLUC": 2.2}
GRADE_3_ABOVE = {"CA": 3.1, "K": 6.0, "SODIUM": 155, "MG": 1.23, "GLUC": 13.9}
GRADE_3_TIMES = {"ALT": 5, "AST": 5, "ALP": 5, "GGT": 5, "BILI": 3, "CREAT": 3, "APTT": 2.5, "INR": 2.5}
# Event of grade 3 -> test, lowest and highest value of that grade (transaminases: multiples of the upper limit).
EVENTS = {
    "Neutrophil count decreased": ("NEUT", 0.5, 1.0),
    "Febrile neutropenia": ("NEUT", 0.5, 1.0),
    "Platelet count decreased": ("PLAT", 25, 50),
    "White blood cell decreased": ("WBC", 1.0, 2.0),
    "Anemia": ("HGB", 0, 80),
    "Hypokalemia": ("K", 2.5, 3.0),
    "Alanine aminotransferase increased": ("ALT", 5, 20),
    "Aspartate aminotransferase increased": ("AST", 5, 20),
}


def grouped(rows: Rows, *columns: str) -> dict[tuple[str, ...], Rows]:
    """Group records by columns."""
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return groups


def starts(forms: Forms) -> dict[str, date]:
    """Return the day of the first infusion of each subject."""
    return {row["SUBJECT"]: date.fromisoformat(row["EXDAT"]) for row in forms["ex_tdm1"] if row["CYCLE"] == "1"}


def planned_rows(extracts: dict[str, Extract], form: str, *rules: str) -> set[str]:
    """Return the records of a form for which a query of one of the rules is planted."""
    planted = extracts["full"].planted
    return {line["row"] for line in planted if line["form"] == form and line["rule"] in rules}


@pytest.fixture(scope="module")
def labs(sound: Forms, extracts: dict[str, Extract]) -> Rows:
    """The numeric results in the unit of the test, with the value as a number."""
    bad = planned_rows(extracts, "lb", "Q-803", "Q-802", "Q-811", "Q-510")
    kept = [row for row in sound["lb"] if row["#"] not in bad and row["RESULT"] != "ND"]
    return [row | {"value": float(row["RESULT"])} for row in kept]


def test_panels_follow_the_calendar(full: Forms, as_enrolled: Forms) -> None:
    """Hematology and chemistry at screening, day 1 of each cycle and the end; hematology only on C1D8 and C1D15."""
    for forms in (full, as_enrolled):
        visits = {(row["SUBJECT"], row["FOLDER"]) for row in forms["sv"] if row["SVDAT"]}
        for (subject, folder), rows in grouped(forms["lb"], "SUBJECT", "FOLDER").items():
            assert (subject, folder) in visits
            wanted = HEMATOLOGY if folder in ("Cycle 1 Day 8", "Cycle 1 Day 15") else HEMATOLOGY | CHEMISTRY
            assert {row["TESTCD"] for row in rows} == wanted | (COAGULATION if folder == "Screening" else set())
        known = {key for key in visits if not re.match("Tumor|Safety|Follow", key[1])}
        assert set(grouped(forms["lb"], "SUBJECT", "FOLDER")) == known


def test_each_laboratory_has_its_ranges(labs: Rows) -> None:
    ranges = {
        key: {(row["NRLO"], row["NRHI"], row["UNIT"]) for row in rows}
        for key, rows in grouped(labs, "LAB", "TESTCD").items()
    }
    assert {len(found) for found in ranges.values()} == {1}
    assert len({lab for lab, _ in ranges}) == 5
    assert len({row["LAB"] for row in labs if row["SITE"] == "01"}) == 1


def grade_3(row: dict[str, str]) -> bool:
    """Return whether a result is of grade 3 or worse."""
    code, value, upper = row["TESTCD"], float(row["value"]), float(row["NRHI"])
    low, high = GRADE_3_BELOW.get(code, 0), GRADE_3_ABOVE.get(code, 1e9)
    return value < low or value > high or value > GRADE_3_TIMES.get(code, 1e9) * upper


def test_grade_3_results_have_their_event(labs: Rows, sound: Forms) -> None:
    """Q-510 and the other tests: no result of grade 3 or worse without an event that is in course."""
    events = grouped([row for row in sound["ae"] if row["DECOD"] in EVENTS], "SUBJECT")
    alone = []
    for row in filter(grade_3, labs):
        found = [
            event
            for event in events[row["SUBJECT"],]
            if EVENTS[event["DECOD"]][0] == row["TESTCD"]
            and event["GRADE"] in "345"
            and event["STDAT"] <= row["LBDAT"] <= (event["ENDAT"] or "9999")
        ]
        alone += [] if found else [row["#"]]
    assert alone == []
    assert sum(map(grade_3, labs)) > 20


def test_events_of_grade_3_show_in_the_results(labs: Rows, sound: Forms) -> None:
    """At the visit nearest to the start inside the event, after the first dose, the result has the grade."""
    first, results = starts(sound), grouped(labs, "SUBJECT", "TESTCD")
    checked = 0
    for event in sound["ae"]:
        if event["DECOD"] not in EVENTS or event["GRADE"] != "3":
            continue
        code, low, high = EVENTS[event["DECOD"]]
        last = event["ENDAT"] or "9999"
        inside = [row for row in results[event["SUBJECT"], code] if event["STDAT"] <= row["LBDAT"] <= last]
        inside = [row for row in inside if date.fromisoformat(row["LBDAT"]) > first[event["SUBJECT"]]]
        if inside:
            scale = float(inside[0]["NRHI"]) if code in ("ALT", "AST") else 1
            value = float(inside[0]["value"]) / scale
            assert low <= value < high or (value > low and code in ("ALT", "AST")), inside[0]["#"]
            checked += 1
    assert checked >= 10


def test_white_cells_hold_their_parts(labs: Rows) -> None:
    for rows in grouped(labs, "SUBJECT", "FOLDER").values():
        value = {row["TESTCD"]: float(row["value"]) for row in rows}
        if {"WBC", "NEUT", "LYM"} <= set(value):
            assert value["NEUT"] + value["LYM"] <= value["WBC"] <= value["NEUT"] + value["LYM"] + 0.5


def test_baseline_meets_the_limits_of_organ_function(labs: Rows) -> None:
    """NCI-2019-00381: ANC 1.5, platelets 100, hemoglobin 90 g/L, bilirubin 1.5 times the upper limit."""
    for row in labs:
        if row["FOLDER"] in ("Screening", "Cycle 1 Day 1"):
            least = {"NEUT": 1.5, "PLAT": 100, "HGB": 90}.get(row["TESTCD"], 0)
            assert float(row["value"]) >= least
            assert row["TESTCD"] != "BILI" or float(row["value"]) <= 1.5 * float(row["NRHI"])


def test_first_samples_are_drawn_before_the_dose(labs: Rows, sound: Forms) -> None:
    dosed = {
        row["SUBJECT"]: row["DOSTM"] for row in sound["pk"] if (row["FOLDER"], row["TPT"]) == ("Cycle 1 Day 1", "0")
    }
    first = [row for row in labs if row["FOLDER"] == "Cycle 1 Day 1" and row["LBTM"] not in ("", "15:40")]
    assert all(row["LBTM"] < dosed[row["SUBJECT"]] for row in first if row["SUBJECT"] in dosed)


def test_corrected_interval(sound: Forms, extracts: dict[str, Extract]) -> None:
    """QTcF = QT / RR^(1/3), RR in seconds (Fridericia), within the rounding of QT and of itself."""
    bad = planned_rows(extracts, "card", "Q-110")
    traces = [row for row in sound["card"] if row["TESTCD"] != "LVEF" and row["#"] not in bad]
    for rows in grouped(traces, "SUBJECT", "FOLDER").values():
        value = {row["TESTCD"]: float(row["RESULT"]) for row in rows}
        if len(value) == 3:
            assert abs(value["QTCF"] - value["QT"] / (value["RR"] / 1000) ** (1 / 3)) <= 0.5
            assert 380 <= value["QTCF"] <= 460
    folders = {"Screening", "Cycle 1 Day 15", "Cycle 2 Day 1", "End of treatment"}
    assert {row["FOLDER"] for row in traces} == folders


def test_ejection_fraction(sound: Forms, extracts: dict[str, Extract]) -> None:
    """About every 84 days from the first dose, by one method; one planted change."""
    changed, first = planned_rows(extracts, "card", "Q-810"), starts(sound)
    assert len(changed) == 1
    for (subject,), rows in grouped([row for row in sound["card"] if row["TESTCD"] == "LVEF"], "SUBJECT").items():
        assert len({row["METHOD"] for row in rows if row["#"] not in changed}) == 1
        assert rows[0]["FOLDER"] == "Screening"
        for number, row in enumerate(rows[1:], start=1):
            assert abs((date.fromisoformat(row["CDDAT"]) - first[subject]).days - 84 * number) <= 10
        assert all(45 <= int(row["RESULT"]) <= 75 for row in rows)


def test_examinations(sound: Forms) -> None:
    """Screening, day 1 of each cycle from the second and the end; ECOG 0 to 2 at first, a step at a time (Q-302)."""
    first = [row for row in sound["pe"] if row["FOLDER"] == "Screening"]
    assert len({row["SUBJECT"] for row in first}) == len(first) == 44  # one of 45 has a planted 3
    assert {row["ECOG"] for row in first} == {"0", "1", "2"}
    for rows in grouped(sound["pe"], "SUBJECT").values():
        grades = [int(row["ECOG"]) for row in rows if row["ECOG"] != "ND"]
        steps = {abs(after - before) for before, after in itertools.pairwise(grades)}
        assert steps <= {0, 1} or "ND" in {row["ECOG"] for row in rows}
        assert "Cycle 1 Day 1" not in {row["FOLDER"] for row in rows}
        assert all((row["PERSLT"] == "Abnormal") == bool(row["PEFIND"]) for row in rows)


def scores(rows: Rows) -> dict[tuple[str, str], list[float]]:
    """Return the T-scores of complete forms by short form and visit."""
    with (CODELISTS / "promis_4a_tscore.csv").open(encoding="utf-8", newline="") as handle:
        table = {(line["short_form"], line["raw_sum"]): float(line["t_score"]) for line in csv.DictReader(handle)}
    found = defaultdict(list)
    for (_, folder, name), items in grouped(rows, "SUBJECT", "FOLDER", "INSTR").items():
        answers = [int(row["ANSWER"]) for row in items if row["ANSWER"] in "12345" and row["NOTDONE"] == "No"]
        if len(answers) == 4:
            found[name.upper(), folder].append(table[name.upper(), str(sum(answers))])
    return found


def test_short_forms(sound: Forms, full: Forms) -> None:
    """Study table section 7: T-scores of 50 (SD 10) at baseline, fatigue up by 4 at cycle 4."""
    assert {len(rows) for rows in grouped(full["promis"], "SUBJECT", "FOLDER", "INSTR").values()} == {4}
    assert {len(rows) for rows in grouped(full["promis"], "SUBJECT", "FOLDER").values()} == {28}
    found = scores(sound["promis"])
    baseline = {name: values for (name, folder), values in found.items() if folder == "Cycle 1 Day 1"}
    assert len(baseline) == 7
    assert all(46 <= mean(values) <= 54 for values in baseline.values())
    assert all(6 <= stdev(values) <= 13 for values in baseline.values())
    assert 2 <= mean(found["FATIGUE", "Cycle 4 Day 1"]) - mean(baseline["FATIGUE"]) <= 7
    assert mean(found["PHYSICAL FUNCTION", "Cycle 4 Day 1"]) < mean(baseline["PHYSICAL FUNCTION"])


def test_checklist(sound: Forms, full: Forms) -> None:
    """Eighteen items, answers 0 to 4, most of them low."""
    assert {len(rows) for rows in grouped(full["bcpt"], "SUBJECT", "FOLDER").values()} == {18}
    answers = Counter(row["ANSWER"] for row in sound["bcpt"] if row["NOTDONE"] == "No")
    assert set(answers) == {"0", "1", "2", "3", "4", "-99"}
    assert answers["0"] > answers["1"] > answers["2"] > answers["3"] > answers["4"] > answers["-99"] > 0


@pytest.mark.parametrize("form", ["promis", "bcpt"])
def test_completion(form: str, full: Forms) -> None:
    """About 85 %, falling; some missed forms leave no record, others the reason."""
    wanted = re.compile(r"Cycle \d+ Day 1|End of treatment")
    due = [(row["SUBJECT"], row["FOLDER"]) for row in full["sv"] if wanted.fullmatch(row["FOLDER"])]
    done = {(row["SUBJECT"], row["FOLDER"]) for row in full[form] if row["NOTDONE"] == "No"}
    recorded = {(row["SUBJECT"], row["FOLDER"]) for row in full[form]}
    early = [key for key in due if key[1] in ("Cycle 1 Day 1", "Cycle 2 Day 1", "Cycle 3 Day 1")]
    late = [key for key in due if key not in early]
    assert done <= set(due)
    assert 0.80 <= len(done) / len(due) <= 0.90
    assert sum(key in done for key in early) / len(early) > sum(key in done for key in late) / len(late)
    assert 0 < len(recorded) - len(done) < len(due) - len(done)


def test_disease_history(sound: Forms, extracts: dict[str, Extract]) -> None:
    """Q-306 and order of dates; metastatic sites hold the organs of the lesions at baseline."""
    consent = {row["SUBJECT"]: row["ICDAT"] for row in sound["dm"]}
    bad = planned_rows(extracts, "dxh", "Q-306", "Q-117", "Q-109", "Q-110")
    sites = {"Bone": "1", "Liver": "2", "Lung": "3", "Lymph node": "4", "Skin": "5", "Chest wall": "5"}
    lesions = grouped([row for form in ("tl", "ntl") for row in sound[form]], "SUBJECT", "FOLDER")
    for row in sound["dxh"]:
        assert row["INDXDAT"] <= row["METDAT"] < consent[row["SUBJECT"]]
        if row["#"] in bad:
            continue
        assert 10 <= int(row["ERPCT"]) <= 100
        assert row["HER2IHC"] == "3+" or row["HER2ISH"] == "Positive"
        ticked = {name for name in row if name.startswith("METSITES___") and row[name] == "1"}
        seen = {sites.get(lesion["ORGAN"].strip(), "8") for lesion in lesions[row["SUBJECT"], "Screening"]}
        assert ticked == {f"METSITES___{number}" for number in seen} or not seen


def test_prior_therapy(sound: Forms, extracts: dict[str, Extract]) -> None:
    """Q-303, Q-304, Q-305: taxane and trastuzumab before, no CDK4/6 inhibitor, nothing within 14 days."""
    first, recent = starts(sound), planned_rows(extracts, "ptx", "Q-305")
    for (subject,), rows in grouped(sound["ptx"], "SUBJECT").items():
        assert {"Taxane", "Trastuzumab"} <= {row["CLASS"] for row in rows}
        assert "CDK4/6 inhibitor" not in {row["CLASS"] for row in rows}
        for row in rows:
            assert row["STDAT"] <= row["ENDAT"]
            limit = first[subject] - timedelta(days=14)
            assert date.fromisoformat(row["ENDAT"]) < limit or row["#"] in recent
            assert (row["SETTING"] == "Metastatic") == (row["BESTRESP"] != "Not applicable") or row["LINE"] == "-98"
    assert len(grouped(sound["ptx"], "SUBJECT")) == 45


def test_medication(sound: Forms, extracts: dict[str, Extract]) -> None:
    """Q-1105, Q-1108: two to six a subject (one prohibited comes on top), coded, with an indication, in order."""
    bad = planned_rows(extracts, "cm", "Q-115", "Q-1105", "Q-1108")
    counts = Counter(row["SUBJECT"] for row in sound["cm"])
    assert set(counts.values()) <= {1, 2, 3, 4, 5, 6, 7}
    for row in (row for row in sound["cm"] if row["#"] not in bad):
        assert re.fullmatch(r"[A-Z]\d\d", row["ATC"])
        assert row["INDC"]
        assert (row["ONGOING"] == "Yes") == (row["ENDAT_RAW"] == "")
        assert not row["ENDAT"] or row["STDAT"] <= row["ENDAT"]
    assert len({(row["DECOD"], row["ATC"]) for row in sound["cm"] if row["ATC"]}) == len(
        {row["DECOD"] for row in sound["cm"] if row["DECOD"]}
    )


def test_history_is_older_than_the_consent(sound: Forms, extracts: dict[str, Extract]) -> None:
    consent = {row["SUBJECT"]: row["ICDAT"] for row in sound["dm"]}
    bad = planned_rows(extracts, "mh", "Q-1108")
    for row in sound["mh"]:
        assert row["STDAT"] <= consent[row["SUBJECT"]]
        assert (row["ONGOING"] == "Yes") == (row["ENDAT_RAW"] == "") or row["#"] in bad
    assert len({row["SUBJECT"] for row in sound["mh"]}) == 45


def test_late_visits_are_deviations(sound: Forms, full: Forms) -> None:
    """A visit on day 1 of a cycle more than 3 days from its planned day has a deviation of the visit schedule."""
    first = starts(sound)
    late = defaultdict(list)
    for row in full["sv"]:
        match = re.fullmatch(r"Cycle (\d+) Day 1", row["FOLDER"])
        if match and row["SVDAT"]:
            planned = first[row["SUBJECT"]] + timedelta(days=21 * (int(match[1]) - 1))
            if abs((date.fromisoformat(row["SVDAT"]) - planned).days) > 3:
                late[row["SUBJECT"]].append(row["SVDAT"])
    noted = {
        (row["SUBJECT"], row["DVDAT"]) for row in full["dv"] if row["DVCAT"] in ("Visit schedule", "", "Eligibility")
    }
    assert late
    assert all((subject, days[0]) in noted for subject, days in late.items())
    assert all(row["TERM"] for row in full["dv"])


@pytest.mark.parametrize("form", sorted(DAYS))
def test_nothing_before_consent_or_after_death_or_end_or_cutoff(form: str, sound: Forms, as_enrolled: Forms) -> None:
    """Q-205, Q-210, Q-611, Q-1101."""
    for forms, cutoff in ((sound, "2023-06-30"), (as_enrolled, "2020-03-12")):
        consent = {row["SUBJECT"]: row["ICDAT"] for row in forms["dm"]}
        over = {row["SUBJECT"]: min(row["EOSDAT"], row["DTHDAT"] or "9999") for row in forms["eos"]}
        for row in forms[form]:
            if row[DAYS[form]]:
                last = min(over.get(row["SUBJECT"], "9999"), cutoff)
                assert consent[row["SUBJECT"]] <= row[DAYS[form]] <= last, row["#"]
