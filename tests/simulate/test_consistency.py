"""Apart from what is planted, the data of `full` contradict themselves nowhere (E rules of the data-quality checks)."""

import csv
import itertools
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

Forms = dict[str, list[dict[str, str]]]
CONFIG = Path(__file__).parents[2] / "config"
MAPPING = yaml.safe_load((CONFIG / "nct03709082" / "mappings" / "edc_csv.yaml").read_text(encoding="utf-8"))
COMPLETE = r"\d\d-[A-Z][a-z]{2}-\d{4}|\d{4}-\d\d-\d\d"
BY_VISIT = ("tl", "ntl", "nl", "rs", "pk", "vs", "sv", "pe", "lb", "card", "promis", "bcpt")
DRUG_FIELDS = {"Palbociclib": "ACNPAL", "Letrozole": "ACNLET", "T-DM1": "ACNTDM"}


def contract(form: str) -> list[dict[str, str]]:
    """Return the fields of a raw form."""
    with (CONFIG / "contracts" / "raw" / f"{form}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def by_subject(rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Group records by subject."""
    groups = defaultdict(list)
    for row in rows:
        groups[row["SUBJECT"]].append(row)
    return groups


def day(text: str) -> date | None:
    """Read the standard date of the EDC; it is complete where nothing is planted."""
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("form", sorted(MAPPING["forms"]))
def test_keys_are_unique(form: str, sound: Forms) -> None:
    """Q-103, Q-104, Q-201: one record a key: subject, visit where the form goes by it, key fields of the contract."""
    fields = MAPPING["forms"][form]["fields"]
    columns = [fields[line["field"]]["column"] for line in contract(form) if line["key"]]
    columns += ["FOLDER"] if form in BY_VISIT else []
    counts = Counter((row["SUBJECT"], *(row[column] for column in columns)) for row in sound[form])
    assert [key for key, count in counts.items() if count > 1] == []


def mapped_columns(form: str) -> set[str]:
    """Return every column that the mapping names for a form."""
    columns = set(MAPPING["common"].values())
    for spec in MAPPING["forms"][form]["fields"].values():
        columns |= {spec.get("column"), spec.get("code_column")} - {None}
        columns |= set(spec.get("boxes", ())) | set(spec.get("parts", ())) | set(spec.get("ignore", ()))
    return columns | set(MAPPING["forms"][form].get("ignore", ()))


@pytest.mark.parametrize("form", sorted(MAPPING["forms"]))
def test_columns_are_those_of_the_mapping(form: str, full: Forms, as_enrolled: Forms) -> None:
    extra = {"fu": {"CHG_COUNT"}}.get(form, set())
    for forms in (full, as_enrolled):
        assert set(forms[form][0]) - {"#"} == mapped_columns(form) | extra


@pytest.mark.parametrize("form", sorted(MAPPING["forms"]))
def test_codes_are_in_the_code_lists(form: str, sound: Forms, as_enrolled: Forms) -> None:
    """Q-107: labels of one extract and codes of the other both lead to a term of the contract."""
    with (CONFIG / "codelists" / "terms.csv").open(encoding="utf-8", newline="") as handle:
        terms = [(line["codelist"], line["value"]) for line in csv.DictReader(handle)]
    for line in contract(form):
        if line["type"] == "code":
            own = {term.upper() for codelist, term in terms if codelist == line["codelist"]}
            known = own | {str(code).upper() for code in MAPPING["codes"].get(line["codelist"], {})}
            column = MAPPING["forms"][form]["fields"][line["field"]]["column"]
            unknown = {row[column] for row in (*sound[form], *as_enrolled[form])} - {""}
            assert {value for value in unknown if value.strip().upper() not in known} == set(), line["field"]


@pytest.mark.parametrize("form", sorted(MAPPING["forms"]))
def test_required_fields_are_filled(form: str, sound: Forms) -> None:
    for line in contract(form):
        spec = MAPPING["forms"][form]["fields"][line["field"]]
        if line["core"] == "req" and "column" in spec:
            assert [row["#"] for row in sound[form] if not row[spec["column"]]] == [], line["field"]


def test_dates_of_person(sound: Forms) -> None:
    """Q-202, Q-205: adults, consent before everything else."""
    consent = {row["SUBJECT"]: day(row["ICDAT"]) for row in sound["dm"]}
    for row in sound["dm"]:
        born = day(row["BRTHDAT"])
        assert 18 <= (consent[row["SUBJECT"]] - born).days / 365.25 <= 90
    for form, column in (
        ("enr", "ENRDAT"),
        ("sv", "SVDAT"),
        ("vs", "VSDAT"),
        ("tl", "DAT"),
        ("ntl", "DAT"),
        ("ae", "STDAT"),
    ):
        known = [row for row in sound[form] if re.fullmatch(COMPLETE, row[f"{column}_RAW"])]
        assert [row["#"] for row in known if day(row[column]) < consent[row["SUBJECT"]]] == []
    born_at = Counter((row["SITE"], row["BRTHDAT"]) for row in sound["dm"])
    assert max(born_at.values()) == 1


def test_oral_dosing(sound: Forms) -> None:
    """Q-402 to Q-407, Q-211: periods in order, apart, doses of the study, nothing after the end of treatment."""
    ended = {(row["SUBJECT"], row["DRUG"]): day(row["LASTDAT"]) for row in sound["eot"]}
    level = {row["SUBJECT"]: int(row["LEVEL"]) for row in sound["enr"]}
    for subject, rows in by_subject(sound["ex_oral"]).items():
        for drug in ("Palbociclib", "Letrozole"):
            periods = [row for row in rows if row["DRUG"] == drug]
            for row, following in itertools.pairwise(periods):
                assert day(row["STDAT"]) <= day(row["ENDAT"]) < day(following["STDAT"])
            if (subject, drug) in ended:
                given = [row for row in periods if row["GIVEN"] == "Yes"]
                assert day(given[-1]["ENDAT"]) == ended[subject, drug]
            for row in periods:
                assert (float(row["DOSE"]) > 0) == (row["GIVEN"] == "Yes")
        doses = {int(row["DOSE"]) for row in rows if row["DRUG"] == "Palbociclib" and row["GIVEN"] == "Yes"}
        assert max(doses) == level[subject]
        assert doses <= {50, 75, 100, 125}


def test_infusions(sound: Forms) -> None:
    """Q-403, Q-409, Q-411: dose by weight, cycles of 21 days within 3 unless delayed, nothing after the end."""
    ended = {row["SUBJECT"]: day(row["LASTDAT"]) for row in sound["eot"] if row["DRUG"] == "T-DM1"}
    delayed = {(row["SUBJECT"], row["RESDAT"]) for row in sound["dosemod"] if row["DRUG"] == "T-DM1" and row["RESDAT"]}
    for subject, rows in by_subject(sound["ex_tdm1"]).items():
        for row in rows:
            dose, weight = row["MG"].replace(",", "."), row["WEIGHT"].replace(",", ".")
            assert (float(dose) > 0) == (row["GIVEN"] == "Yes")
            assert row["GIVEN"] == "No" or abs(float(dose) - float(weight) * float(row["MGKG"])) < 0.1
            assert row["GIVEN"] == "No" or day(row["EXDAT"]) <= ended.get(subject, date.max)
        for row, following in itertools.pairwise(rows):
            if int(following["CYCLE"]) == int(row["CYCLE"]) + 1:
                gap = (day(following["EXDAT"]) - day(row["EXDAT"])).days
                assert 18 <= gap <= 24 or (subject, following["EXDAT"]) in delayed


def test_dose_changes(sound: Forms) -> None:
    """Q-412, Q-413, Q-419: each change has its event and each event its change; nothing is taken in a hold."""
    events = {(row["SUBJECT"], row["AENO"]): row for row in sound["ae"]}
    action = {
        "Held": "Drug interrupted",
        "Delayed": "Drug interrupted",
        "Reduced": "Dose reduced",
        "Withdrawn": "Drug withdrawn",
    }
    linked = set()
    for row in sound["dosemod"]:
        event = events[row["SUBJECT"], row["AENO"]]
        linked.add((row["SUBJECT"], row["AENO"], row["DRUG"]))
        both = {action[row["ACTION"]], "Dose reduced"} if row["ACTION"] == "Held" else {action[row["ACTION"]]}
        assert event[DRUG_FIELDS[row["DRUG"]]] in both
        if row["ACTION"] == "Held":
            assert day(row["MODDAT"]) < day(row["RESDAT"])
    for (subject, number), event in events.items():
        for drug, field in DRUG_FIELDS.items():
            if event[field] not in ("Dose not changed", "Not applicable", "9"):
                assert (subject, number, drug) in linked
    for hold in (row for row in sound["dosemod"] if (row["ACTION"], row["DRUG"]) == ("Held", "Palbociclib")):
        for row in by_subject(sound["ex_oral"])[hold["SUBJECT"]]:
            if row["DRUG"] == "Palbociclib" and row["GIVEN"] == "Yes" and row["ENDAT"]:
                assert day(row["ENDAT"]) < day(hold["MODDAT"]) or day(row["STDAT"]) >= day(hold["RESDAT"])


def test_limiting_toxicities(sound: Forms) -> None:
    """Q-414, Q-415, Q-416: the form agrees with the events of the first 21 days and with the doses taken."""
    first = {row["SUBJECT"]: day(row["EXDAT"]) for row in sound["ex_tdm1"] if row["CYCLE"] == "1"}
    flagged = {(row["SUBJECT"], row["AENO"]): row for row in sound["ae"] if row["DLT"] == "Yes"}
    named = {(row["SUBJECT"], number) for row in sound["dlt"] for number in row["AENOS"].split(",") if number}
    assert set(flagged) == named
    assert len(named) == 2
    assert all(0 <= (day(row["STDAT"]) - first[row["SUBJECT"]]).days < 21 for row in flagged.values())
    for row in sound["dlt"]:
        held = 21 - int(row["PLANNED"])
        for change in sound["dosemod"]:
            if (change["SUBJECT"], change["DRUG"], change["ACTION"]) == (row["SUBJECT"], "Palbociclib", "Held"):
                window_end = first[row["SUBJECT"]] + timedelta(days=21)
                held += max(0, (min(day(change["RESDAT"]), window_end) - day(change["MODDAT"])).days)
        assert 4 * int(row["TAKEN"]) >= 3 * (21 - held)


def test_adverse_events(sound: Forms) -> None:
    """Q-501 to Q-507, Q-601 to Q-603: grade, dates, relation, seriousness and fatal outcome agree."""
    criteria = ("SDEATH", "SLIFE", "SHOSP", "SDISAB", "SCONG", "SMIE")
    for row in sound["ae"]:
        assert row["GRADE"] in "12345"
        assert not row["ENDAT"] or row["STDAT"] <= row["ENDAT"]
        assert (row["ONGOING"] == "Yes") == (row["ENDAT"] == "" and row["ENDAT_RAW"] != "NK")
        assert all(row[name] in ("Related", "Not related") for name in ("RELPAL", "RELLET", "RELTDM"))
        assert (row["SERIOUS"] == "Yes") == any(row[name] == "Yes" for name in criteria)
        fatal = {row["GRADE"] == "5", row["SDEATH"] == "Yes", row["OUTCOME"] == "Fatal", row["DTHDAT"] != ""}
        assert len(fatal) == 1
        assert row["OUTCOME"] != "Recovered/resolved" or row["ONGOING"] == "No"


def test_one_term_does_not_overlap_itself(sound: Forms) -> None:
    """Q-503, Q-511: records of one preferred term of one subject do not overlap."""
    for rows in by_subject(sound["ae"]).values():
        for decod in {row["DECOD"] for row in rows} - {""}:
            same = sorted((row["STDAT"], row["ENDAT"]) for row in rows if row["DECOD"] == decod)
            assert all(first[1] and first[1] < second[0] for first, second in itertools.pairwise(same))


def test_ends_of_treatment(sound: Forms) -> None:
    """Q-212, Q-508: reason adverse event names an event that withdrew the drug, and the reverse."""
    events = {(row["SUBJECT"], row["AENO"]): row for row in sound["ae"]}
    named = {(row["SUBJECT"], row["DRUG"]) for row in sound["eot"] if row["REASON"] == "Adverse event"}
    for row in sound["eot"]:
        assert (row["REASON"] == "Adverse event") == (row["AENO"] != "")
        assert not row["AENO"] or events[row["SUBJECT"], row["AENO"]][DRUG_FIELDS[row["DRUG"]]] == "Drug withdrawn"
    withdrawn = {
        (row["SUBJECT"], drug)
        for row in sound["ae"]
        for drug, name in DRUG_FIELDS.items()
        if row[name] == "Drug withdrawn"
    }
    assert withdrawn == named


def test_deaths(sound: Forms) -> None:
    """Q-604 to Q-612: one date everywhere, a cause, and nothing dated after it."""
    dates = {row["SUBJECT"]: row["DTHDAT"] for row in sound["eos"] if row["DTHDAT"]}
    partial = {row["SUBJECT"] for row in sound["eos"] if row["DTHDAT_RAW"].startswith("UN")}
    assert all((row["REASON"] == "Death") == bool(row["DTHDAT"]) == bool(row["CAUSE"]) for row in sound["eos"])
    for form in ("ae", "fu"):
        assert all(row["DTHDAT"] == dates[row["SUBJECT"]] for row in sound[form] if row["DTHDAT"])
    assert all(row["FUDAT"] >= row["DTHDAT"] for row in sound["fu"] if row["STATUS"] == "Dead")
    columns = {
        "ae": "STDAT",
        "ex_oral": "STDAT",
        "ex_tdm1": "EXDAT",
        "vs": "VSDAT",
        "sv": "SVDAT",
        "tl": "DAT",
        "ntl": "DAT",
        "nl": "DAT",
        "pk": "PCDAT",
        "act": "STDAT",
    }
    for form, column in columns.items():
        for row in sound[form]:
            assert row["SUBJECT"] in partial or row[column] <= dates.get(row["SUBJECT"], "9999"), (form, row["#"])


def test_end_of_study_is_last(sound: Forms) -> None:
    """Q-209, Q-210: no contact, dose or visit after the end of study; screen failures have a reason (Q-216)."""
    ended = {row["SUBJECT"]: row["EOSDAT"] for row in sound["eos"]}
    for form, column in (
        ("fu", "FUDAT"),
        ("ex_oral", "ENDAT"),
        ("ex_tdm1", "EXDAT"),
        ("sv", "SVDAT"),
        ("eot", "LASTDAT"),
    ):
        assert all(row[column] <= ended.get(row["SUBJECT"], "9999") for row in sound[form])
    enrolled = {row["SUBJECT"] for row in sound["enr"]}
    failed = {row["SUBJECT"] for row in sound["eos"] if row["REASON"] == "Screen failure"}
    assert {row["SUBJECT"] for row in sound["dm"]} - enrolled == failed
    unmet = {row["SUBJECT"] for row in sound["ie"] if (row["IEORRES"] == "Yes") != row["IETESTCD"].startswith("INC")}
    assert unmet == failed


def test_cohorts_open_one_after_the_other(sound: Forms) -> None:
    """Q-214: nobody is enrolled at a level before the windows of the cohort below have closed."""
    first = {row["SUBJECT"]: day(row["EXDAT"]) for row in sound["ex_tdm1"] if row["CYCLE"] == "1"}
    cohorts = defaultdict(list)
    for row in sound["enr"]:
        if row["COHORT"]:
            cohorts[int(row["COHORT"])].append(row)
    for number in range(2, 6):
        closed = max(first[row["SUBJECT"]] for row in cohorts[number - 1]) + timedelta(days=21)
        assert all(day(row["ENRDAT"]) >= closed for row in cohorts[number])


def test_tumor_records(sound: Forms) -> None:
    """Q-701 to Q-704, Q-715: a value or a status, one organ a lesion, each lesion at each visit, visits in order."""
    for row in sound["tl"]:
        assert bool(row["STATE"]) != row["DIAMETER"].replace(".", "").isdigit()
        assert row["DAT"]
        assert row["ORGAN"]
        assert row["METHOD"]
    for rows in by_subject(sound["tl"]).values():
        visits = {
            folder: [row for row in rows if row["FOLDER"] == folder]
            for folder in dict.fromkeys(row["FOLDER"] for row in rows)
        }
        baseline = {row["LESION"]: row["ORGAN"] for row in visits["Screening"]}
        for found in visits.values():
            assert {row["LESION"]: row["ORGAN"] for row in found if not row["PARENT"] or row["STATE"]} == baseline
        dates = [found[0]["DAT"] for found in visits.values()]
        assert dates == sorted(set(dates))
    assert all(row["PRESENT"] == "No" or (row["LESION"] and row["DAT"] and row["ORGAN"]) for row in sound["nl"])


def test_samples(sound: Forms) -> None:
    """Q-1001, Q-1002, Q-1004: the planned hours, pre-dose samples before the dose, the others after it."""
    for row in sound["pk"]:
        assert (row["FOLDER"], row["TPT"]) in {("Cycle 1 Day 15", "0"), *(("Cycle 1 Day 1", hour) for hour in "0248")}
        assert not row["PCTM"] or (row["PCTM"] < row["DOSTM"]) == (row["TPT"] == "0")
    assert max(Counter(row["SPECIMEN"] for row in sound["pk"]).values()) == 1
