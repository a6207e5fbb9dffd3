"""`full` and `as_enrolled` have the shape and the calibration planned for the demonstration."""

from collections import Counter
from datetime import date
from statistics import median

from crf2csr.simulate.model import SCENARIOS

Forms = dict[str, list[dict[str, str]]]


def first_enrollments(forms: Forms) -> dict[str, dict[str, str]]:
    """Return the first enrollment record of each subject."""
    return {row["SUBJECT"]: row for row in forms["enr"] if row["ENRNO"] == "1"}


def test_screened_enrolled_and_sites(full: Forms) -> None:
    assert len(full["dm"]) == 50
    assert len(first_enrollments(full)) == 45
    assert {row["SITE"] for row in full["dm"]} == {"01", "02", "03", "04", "05"}


def test_dose_levels_and_limiting_toxicities(full: Forms) -> None:
    """75 mg: 0 of 3; 100 mg: 1 of 6; 125 mg: 1 of 6; 30 in phase II at 125 mg."""
    enrolled = first_enrollments(full)
    assert Counter((row["PHASE"], row["LEVEL"]) for row in enrolled.values()) == {
        ("Phase 1", "75"): 3,
        ("Phase 1", "100"): 6,
        ("Phase 1", "125"): 6,
        ("Phase 2", "125"): 30,
    }
    toxic = Counter(enrolled[row["SUBJECT"]]["LEVEL"] for row in full["dlt"] if row["DLT"] == "Yes")
    assert len(full["dlt"]) == 15
    slots = {enrolled[row["SUBJECT"]]["SLOT"] for row in full["dlt"] if row["DLT"] == "Yes"}
    assert slots <= {"1", "2", "3"}  # a level is expanded only after one of its first three
    assert toxic == {"100": 1, "125": 1}
    assert {row["EVALUABLE"] for row in full["dlt"]} == {"Yes"}


def test_carry_over_and_declaration(full: Forms) -> None:
    """The six lead-in subjects at 125 mg enroll again, everyone in phase II after the declaration of the RP2D."""
    enrolled, declared = first_enrollments(full), SCENARIOS["full"].declared_on
    second = [row for row in full["enr"] if row["ENRNO"] == "2"]
    carried = {subject for subject, row in enrolled.items() if (row["PHASE"], row["LEVEL"]) == ("Phase 1", "125")}
    assert {row["SUBJECT"] for row in second} == carried
    assert {(row["PHASE"], row["LEVEL"]) for row in second} == {("Phase 2", "125")}
    assert declared is not None
    assert all(date.fromisoformat(row["ENRDAT"]) > declared for row in full["enr"] if row["PHASE"] == "Phase 2")
    assert min(row["ENRDAT"] for row in full["enr"]) >= "2018-10-15"


def test_dose_reduction_in_the_lead_in(full: Forms) -> None:
    """Some of the 125 mg lead-in are reduced; some at 100 mg are reduced and never raised again."""
    enrolled = first_enrollments(full)
    reduced = {row["SUBJECT"] for row in full["dosemod"] if (row["DRUG"], row["ACTION"]) == ("Palbociclib", "Reduced")}
    lead_in = {subject for subject in reduced if enrolled[subject]["PHASE"] == "Phase 1"}
    assert {enrolled[subject]["LEVEL"] for subject in lead_in} >= {"100", "125"}
    hundred = [subject for subject in lead_in if enrolled[subject]["LEVEL"] == "100"]
    for subject in hundred:
        last = [row for row in full["ex_oral"] if (row["SUBJECT"], row["DRUG"]) == (subject, "Palbociclib")][-1]
        assert last["DOSE"] == "75"


def test_as_enrolled(as_enrolled: Forms) -> None:
    """Three at 75 mg, none with a limiting toxicity, coded answers (1 = yes, 0 = no)."""
    assert [row["LEVEL"] for row in as_enrolled["enr"]] == ["75"] * 3
    assert [row["DLT"] for row in as_enrolled["dlt"]] == ["0"] * 3
    overall = {
        subject: [row["OVERALL"] for row in as_enrolled["rs"] if row["SUBJECT"] == subject]
        for subject in sorted({row["SUBJECT"] for row in as_enrolled["rs"]})
    }
    assert [answers[:2] for answers in overall.values()] == [["PR", "PR"], ["SD", "SD"], ["PD"]]


def test_nothing_is_later_than_the_extract(full: Forms, as_enrolled: Forms) -> None:
    for forms, name in ((full, "full"), (as_enrolled, "as_enrolled")):
        assert max(row["ENTRYTS"] for rows in forms.values() for row in rows) < SCENARIOS[name].extracted.isoformat()


def test_response_rate_of_the_recommended_dose(full: Forms) -> None:
    """About 33 % of 36 by the investigators' own calls: 9 to 15 with a second CR or PR and no PD or SD between."""
    enrolled = first_enrollments(full)
    members = [subject for subject, row in enrolled.items() if row["LEVEL"] == "125"]
    answers = {subject: [row["OVERALL"] for row in full["rs"] if row["SUBJECT"] == subject] for subject in members}
    responders = [
        subject
        for subject, series in answers.items()
        if any(set(series[place : place + 2]) <= {"CR", "PR"} for place in range(len(series) - 1))
        or ("PR", "NE", "PR") in zip(series, series[1:], series[2:], strict=False)
    ]
    assert len(members) == 36
    assert 9 <= len(responders) <= 15


def test_median_time_to_progression(full: Forms) -> None:
    """About 6 months to the first PD of those who have one (Haley 2021: 2.5 to 11.6 months)."""
    first = {row["SUBJECT"]: row["EXDAT"] for row in full["ex_tdm1"] if row["CYCLE"] == "1"}
    months = [
        (
            date(*(int(row[f"RSDAT_{part}"]) for part in ("YY", "MM", "DD")))
            - date.fromisoformat(first[row["SUBJECT"]])
        ).days
        / 30.4375
        for row in full["rs"]
        if row["OVERALL"] == "PD"
    ]
    assert 4.5 <= median(months) <= 8


def test_cycles_and_non_measurable_disease(full: Forms) -> None:
    """Median of 6.5 cycles in the source (1 to 22); about 15 % have non-measurable disease only."""
    cycles = Counter(
        row["SUBJECT"] for row in full["sv"] if row["FOLDER"].startswith("Cycle") and row["FOLDER"].endswith("Day 1")
    )
    assert 5 <= median(cycles.values()) <= 9
    enrolled = set(first_enrollments(full))
    measurable = {row["SUBJECT"] for row in full["tl"] if row["FOLDER"] == "Screening"}
    others = {row["SUBJECT"] for row in full["ntl"] if row["FOLDER"] == "Screening"}
    assert 0.10 <= len((enrolled & others) - measurable) / 45 <= 0.20


def worst(full: Forms, term: str) -> Counter[int]:
    """Return how many subjects have which worst readable grade of a preferred term."""
    grades: dict[str, int] = {}
    for row in full["ae"]:
        if row["DECOD"] == term and row["GRADE"].isdigit():
            grades[row["SUBJECT"].strip()] = max(grades.get(row["SUBJECT"].strip(), 0), int(row["GRADE"]))
    return Counter(grades.values())


def test_toxicity(full: Forms) -> None:
    """Worst neutrophils grade 3 in 57 %, grade 4 in 5 %; platelets 3-4 in 15 %, ALT 3 in 8 %: with play for chance."""
    neutrophils, platelets = worst(full, "Neutrophil count decreased"), worst(full, "Platelet count decreased")
    assert 0.45 <= neutrophils[3] / 45 <= 0.69
    assert 1 <= neutrophils[4] <= 5
    assert 0.07 <= (platelets[3] + platelets[4]) / 45 <= 0.23
    assert 0.02 <= worst(full, "Alanine aminotransferase increased")[3] / 45 <= 0.16


def test_palbociclib_concentrations(full: Forms) -> None:
    """At 125 mg a first-day maximum of about 38 ng/mL, mostly in the last sample, and a trough of about 71."""
    level = {subject: row["LEVEL"] for subject, row in first_enrollments(full).items()}
    values: dict[tuple[str, str], dict[str, float]] = {}
    for row in full["pk"]:
        if row["CONC"].replace(".", "").isdigit() and level[row["SUBJECT"]] == "125":
            values.setdefault((row["SUBJECT"], row["FOLDER"]), {})[row["TPT"]] = float(row["CONC"])
    first = [hours for (_, folder), hours in values.items() if folder == "Cycle 1 Day 1"]
    assert 30 <= median(max(hours.values()) for hours in first) <= 46
    assert 56 <= median(hours["0"] for (_, folder), hours in values.items() if folder == "Cycle 1 Day 15") <= 86
    assert 0.6 <= sum(max(hours, key=hours.__getitem__) == "8" for hours in first) / len(first) <= 0.9
