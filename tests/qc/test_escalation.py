"""The second program of the dose escalation: hand-worked raw folders, and its decisions against the first one's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.errors import InputError
from crf2csr.escalation import ESCALATE, NOT_OPENED, Level, Outcome, decide, select_mtd
from crf2csr.jobs.qc import PROGRAMS
from qc.cohorts import OUTSIDE, PENDING, Subject, maximum, tell
from qc.escalation import WAITING, recompute
from tests.qc.raw import write_extract

VALUES: dict[str, Any] = {
    "data_cutoff": dt.date(2020, 12, 31),
    "rp2d.value": None,
    "rp2d.declared_by": None,
    "rp2d.declared_on": None,
    "ci.level": 0.95,
    "ci.method": "clopper_pearson",
    "escalation.dose_levels_mg": (75, 100, 125),
    "escalation.cohort_size": 3,
    "escalation.variant": "deescalate",
    "dlt.window_days": 21,
    "dlt.min_dose_pct": 75,
    "dlt.require_tdm1": True,
}
# Everybody starts on January 6; the window of 21 days ends on January 26.
PEOPLE = ("01-001", "01-002", "01-003")
HEADS = {
    "dm": "SUBJECT|SEX|ICDAT_RAW",
    "enr": "SUBJECT|ENRNO|ENRDAT_RAW|PHASE|LEVEL|SLOT",
    "ex_oral": "SUBJECT|DRUG|EXNO|GIVEN|STDAT_RAW|ENDAT_RAW|DOSE|TAKEN|DISPENSED|RETURNED",
    "ex_tdm1": "SUBJECT|CYCLE|GIVEN|EXDAT_RAW|WEIGHT|MG",
    "dlt": "SUBJECT|ASDAT_RAW|EVALUABLE|DLT|AENOS",
    "dosemod": "SUBJECT|MODNO|DRUG|MODDAT_RAW|ACTION|RESDAT_RAW|REASON",
    "ae": "SUBJECT|AENO|TERM|DECOD|STDAT_RAW|GRADE",
    "eos": "SUBJECT|EOSDAT_RAW|REASON|DTHDAT_RAW",
}


def run(folder: Path, values: dict[str, Any] = VALUES, **changes: dict[str, str]) -> dict[str, str]:
    """Recompute three subjects at 75 mg without toxicity, changed form by form: subject → its row, blank for none."""
    rows = {
        "dm": dict.fromkeys(PEOPLE, "Female|02-Jan-2020"),
        "enr": {s: f"1|0{n}-Jan-2020|Phase 1|75|{n}" for n, s in enumerate(PEOPLE, start=1)},
        "ex_oral": dict.fromkeys(PEOPLE, "Palbociclib|1|Yes|06-Jan-2020|26-Jan-2020|75|21||"),
        "ex_tdm1": dict.fromkeys(PEOPLE, "1|Yes|06-Jan-2020|70|252"),
        "dlt": dict.fromkeys(PEOPLE, "28-Jan-2020|Yes|No|"),
        "dosemod": {},
        "ae": {},
        "eos": {},
    }
    tables = {}
    for form, head in HEADS.items():
        own = rows[form] | changes.get(form, {})
        tables[form] = "\n".join([head, *(f"{subject}|{row}" for subject, row in own.items() if row)])
    return recompute(write_extract(folder, tables), values)


def said(found: dict[str, str], subject: str = "01-003") -> tuple[str, str, str]:
    return tuple(found.get(f"{subject}/{name}", "") for name in ("DLTFL", "DLTSTAT", "DLTREAS"))


def decision(found: dict[str, str], dose: int = 75) -> tuple[str, str, str]:
    place = f"escalation-decisions-enrolled/c2/d{dose}"
    return tuple(found[f"{place}/{name}//word"] for name in ("DECISION", "DECDT", "MTD"))


def test_three_subjects_without_toxicity(tmp_path):
    found = run(tmp_path)
    assert said(found) == ("Y", "EVALUABLE", "")
    assert found["01-003/DLTEND"] == "2020-01-26"
    assert decision(found) == ("escalation permitted - cohort not opened", "2020-01-28", "not determined")
    assert decision(found, 100) == ("–", "–", "–")
    assert found["escalation-decisions-enrolled/c2/d75/RP2D//word"] == "not determined"
    assert found["escalation-dlt-enrolled/c2/d75/DLTOCCFL/Y/upper"] == "0.707598226"  # R: binom.test(0, 3)


SHORT = "Palbociclib|1|Yes|06-Jan-2020|26-Jan-2020|75"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # 16 of 21 is 76.2 %, 15 of 21 is 71.4 %
        ({"ex_oral": {"01-003": f"{SHORT}|16||"}}, ("Y", "EVALUABLE", "")),
        ({"ex_oral": {"01-003": f"{SHORT}|15||"}}, ("N", "REPLACED", "Too few palbociclib doses in the window")),
        # without a diary the pills decide: 28 dispensed, 13 returned
        ({"ex_oral": {"01-003": f"{SHORT}||28|13"}}, ("N", "REPLACED", "Too few palbociclib doses in the window")),
        # held for toxicity on January 20 and 21: 15 of 19 is 78.9 %; held for another reason: 15 of 21
        (
            {
                "ex_oral": {"01-003": f"{SHORT}|15||"},
                "dosemod": {"01-003": "1|Palbociclib|20-Jan-2020|Held|22-Jan-2020|Adverse event"},
            },
            ("Y", "EVALUABLE", ""),
        ),
        (
            {
                "ex_oral": {"01-003": f"{SHORT}|15||"},
                "dosemod": {"01-003": "1|Palbociclib|20-Jan-2020|Held|22-Jan-2020|Scheduling"},
            },
            ("N", "REPLACED", "Too few palbociclib doses in the window"),
        ),
        ({"ex_tdm1": {"01-003": ""}}, ("N", "REPLACED", "No T-DM1 infusion in cycle 1")),
        ({"dlt": {"01-003": ""}}, ("N", "PENDING", "Dose limiting toxicity not assessed")),
        ({"dlt": {"01-003": "28-Jan-2020|Yes||"}}, ("N", "PENDING", "Dose limiting toxicity not assessed")),
        ({"ex_oral": {"01-003": ""}, "ex_tdm1": {"01-003": ""}}, ("N", "PENDING", "No study drug taken")),
        (
            {"eos": {"01-003": "20-Jan-2020|Withdrawal by subject|"}},
            ("N", "REPLACED", "Window for dose limiting toxicity not completed"),
        ),
    ],
)
def test_who_counts(tmp_path, changes, expected):
    found = run(tmp_path, **changes)
    assert said(found) == expected
    waits = {"EVALUABLE": "escalation permitted - cohort not opened", "PENDING": "pending"}
    assert decision(found)[0] == waits.get(expected[1], "complete the cohort")


def test_an_open_window_is_pending(tmp_path):
    """The cutoff is the day before the window of 21 days from January 6 ends."""
    found = run(tmp_path, {**VALUES, "data_cutoff": dt.date(2020, 1, 25)})
    assert said(found) == ("N", "PENDING", "Window for dose limiting toxicity not completed")
    assert decision(found) == ("pending", "NA", "not determined")
    assert found["escalation-dlt-enrolled/c2/d75/DLTOCCFL/Y/upper"] == "NC"


def test_a_toxicity_counts_at_any_exposure_and_not_after_the_window(tmp_path):
    toxic = {"01-003": "20-Jan-2020|Yes|Yes|4"}
    short = {"01-003": "Palbociclib|1|Yes|06-Jan-2020|10-Jan-2020|75|5||"}
    event = "4|Neutropenia|Neutropenia|{}-Jan-2020|4"
    found = run(tmp_path, dlt=toxic, ex_oral=short, ae={"01-003": event.format(19)})
    assert (said(found)[0], found["01-003/DLTAENOS"]) == ("Y", "4")
    # known on the day of its form; the others on January 28
    assert decision(found) == ("expand to 6", "2020-01-28", "not determined")
    assert found["escalation-events-enrolled/c2/d75/AEDECOD/Neutropenia/4/n"] == "1"
    late = run(tmp_path, dlt=toxic, ae={"01-003": event.format(27)})
    assert (said(late)[0], late["01-003/DLTOCCFL"], late.get("01-003/DLTAENOS")) == ("Y", "N", None)


def test_a_rule_that_it_does_not_know_is_refused(tmp_path):
    with pytest.raises(InputError, match="'deescalate' only"):
        run(tmp_path, {**VALUES, "escalation.variant": "classic"})


def test_it_asks_for_the_keys_that_the_job_gives():
    assert set(VALUES) == set(PROGRAMS["escalation"].keys)


# Both programs on histories of any kind: `D` a subject with a DLT, `-` without, `?` not known yet.
DOSES = (75, 100, 125)
FIRST = dt.date(2019, 1, 1)
WHAT = {"D": True, "-": False, "?": None}
HISTORIES = st.tuples(*[st.lists(st.tuples(st.sampled_from("D--?"), st.integers(0, 40)), max_size=7)] * 3)
NAMED = [
    ("---", "DD-", ""),
    ("---D--", "DD-", ""),
    ("------", "DD-", ""),
    ("---", "D-----", "D-----"),
    ("---", "---", "DD-"),
    ("---", "---D-D", "DD-"),
    ("---", "------", "DD-"),
    ("D-----", "---", "-D-D--"),
    ("---", "D--?--", ""),
    ("?DD", "", ""),
    ("D--", "---", ""),
]


def compare(history: tuple[list[tuple[str, int]], ...]) -> None:
    """Decision, day, earlier decisions and MTD are the same by both programs."""
    days = [[None if c == "?" else FIRST + dt.timedelta(days=n) for c, n in level] for level in history]
    first = [
        Level(d, len(h), tuple(Outcome(str(n), WHAT[c[0]], day) for n, (c, day) in enumerate(zip(h, own, strict=True))))
        for d, h, own in zip(DOSES, history, days, strict=True)
    ]
    second = tell(
        [
            [
                Subject(str(n), WHAT[c[0]], day and day.toordinal())
                for n, (c, day) in enumerate(zip(h, own, strict=True))
            ]
            for h, own in zip(history, days, strict=True)
        ]
    )
    for place, story in enumerate(second):
        found = decide(first, place, "deescalate")
        if not history[place]:
            continue  # nobody: no decision is shown
        assert story.word == found.word.replace(NOT_OPENED, ESCALATE), history
        if story.waits:
            assert found.date is None, history
            assert story.word in (*WAITING, OUTSIDE), history
        else:
            assert story.steps[-1][1] == found.date.toordinal(), history
        earlier = [word for word, _ in (story.steps if story.waits else story.steps[:-1])]
        assert tuple(dict.fromkeys(earlier)) == found.earlier, history
    words = {dose: story.word for dose, story, h in zip(DOSES, second, history, strict=True) if h}
    assert maximum(words, DOSES) == select_mtd(first, "deescalate"), history


@settings(max_examples=400, derandomize=True, deadline=None)
@given(HISTORIES)
def test_both_programs_decide_the_same(history):
    compare(history)


@pytest.mark.parametrize("texts", NAMED)
def test_both_programs_decide_the_same_in_named_cases(texts):
    compare(tuple([(c, n) for n, c in enumerate(text)] for text in texts))


def test_the_story_of_a_level_that_is_opened_again():
    """75 mg on days 1 to 3, two DLTs at 100 mg on days 4 and 5, then 3 more at 75 mg: one outcome is open."""
    known = [Subject(str(n), toxic, n) for n, toxic in enumerate([False] * 3 + [True] * 2, start=1)]
    low, high = [*known[:3], Subject("6", None, None), Subject("7", None, None), Subject("8", None, None)], known[3:]
    story = tell([low, high, []])[0]
    assert (story.steps, story.waits) == ((("escalate", 3), ("expand to 6", 5)), PENDING)
