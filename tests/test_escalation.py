"""Decisions of the 3+3 rule: the reference sequences for all variants, and the examples of R-402."""

import datetime as dt
import json
from pathlib import Path

import pytest

from crf2csr.escalation import (
    ABOVE,
    COMPLETE,
    DECISIONS,
    ESCALATE,
    EXPAND,
    NEEDED,
    NO_DOSE,
    NOT_DETERMINED,
    NOT_OPENED,
    NOT_REACHED,
    OUTSIDE,
    PENDING,
    SELECTED,
    STEP_DOWN,
    TOP,
    TOP_RP2D,
    VARIANTS,
    Level,
    Outcome,
    decide,
    judge,
    select_mtd,
)

REFERENCE = json.loads((Path(__file__).parent / "reference" / "design.json").read_text(encoding="utf-8"))
DOSES = (75, 100, 125)
START = dt.date(2019, 1, 1)
UNREACHABLE = "HISTORY_NOT_REACHABLE"
#: Where the next cohort goes after a decision, in levels.
NEXT_COHORT = {EXPAND: 0, ESCALATE: 1, STEP_DOWN: -1}


def outcomes(text: str, first_day: int = 1) -> tuple[Outcome, ...]:
    """Return outcomes of a text: `D` a DLT, `-` none, `?` not known yet; each known a day after the one before."""
    said = {"D": True, "-": False, "?": None}
    days = [START + dt.timedelta(days=first_day - 1 + place) for place in range(len(text))]
    return tuple(Outcome(str(n), said[c], None if c == "?" else days[n]) for n, c in enumerate(text))


def levels(*texts: str) -> list[Level]:
    """Return the three dose levels with the outcomes of the texts, days in order; a level without text has nobody."""
    given = [*texts, "", "", ""][:3]
    starts = [1 + sum(map(len, given[:place])) for place in range(3)]
    return [Level(d, len(t), outcomes(t, s)) for d, t, s in zip(DOSES, given, starts, strict=True)]


def words(*texts: str, variant: str = "deescalate") -> list[str]:
    known = levels(*texts)
    return [decide(known, place, variant).word for place, level in enumerate(known) if level.enrolled]


@pytest.mark.parametrize("case", REFERENCE["decision_table"], ids=lambda case: f"{case['dlt']}/{case['n']}")
def test_decision_table(case):
    """Each count of the table has the situation that its action names."""
    expected = {
        "COMPLETE_COHORT": "cohort not full",
        "ESCALATE": "six passed" if case["n"] == 6 else "three passed",
        "EXPAND": "one of three",
        "STOP": "failed",
        "STOP_ESCALATION_EARLY_ALLOWED": "failed",
        "COMPLETE_EXPANSION": "four or five",
    }[case["action"].split("(")[0].split(":")[0].split(" ")[0]]
    assert judge(outcomes("D" * case["dlt"] + "-" * (case["n"] - case["dlt"]))) == expected


def action_of(known: list[Level], place: int, variant: str) -> tuple[str, int | None]:
    """Return action and dose in the words of the reference: its STOP_MTD names the selected dose (R-408)."""
    word = decide(known, place, variant).word
    word = ESCALATE if word == NOT_OPENED else word
    below = known[place - 1].dose if place else None
    stop = ("STOP_MTD", below) if place else ("STOP_NO_DOSE", None)
    return {
        ABOVE: stop,
        SELECTED: ("STOP_MTD", known[place].dose),
        TOP: ("STOP_MTD", known[place].dose),
        TOP_RP2D: ("RP2D", known[place].dose),
        NEEDED: (NEEDED, None),
        ESCALATE: ("ESCALATE", known[place + 1].dose if place + 1 < len(known) else None),
        EXPAND: ("EXPAND", known[place].dose),
        STEP_DOWN: ("DEESCALATE", below),
    }[word]


def replay(cohorts: list[dict[str, int]], variant: str) -> tuple[str, int | None]:
    """Give the cohorts one after the other, each where the decision before it allows one."""
    texts, allowed, action = ["", "", ""], 0, ("", None)
    for cohort in cohorts:
        place = DOSES.index(cohort["dose_mg"])
        if action[0] != NEEDED and place != allowed:
            return UNREACHABLE, None
        texts[place] += "D" * cohort["dlt"] + "-" * (cohort["n"] - cohort["dlt"])
        known = levels(*texts)
        if action[0] == NEEDED:
            continue
        action, word = action_of(known, place, variant), decide(known, place, variant).word
        allowed = place + NEXT_COHORT[word.replace(NOT_OPENED, ESCALATE)] if action[0] in _GOES_ON else -1
    return action


_GOES_ON = ("ESCALATE", "EXPAND", "DEESCALATE")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("case", REFERENCE["sequences"], ids=lambda case: str(len(case["cohorts"])))
def test_cohort_sequences(case, variant):
    assert replay(case["cohorts"], variant) == (case[variant]["action"], case[variant]["dose_mg"])


@pytest.mark.parametrize(
    ("texts", "variant", "expected", "mtd"),
    [
        # The examples below the decision table of the statistics rules (section 4).
        (("---", "DD-"), "deescalate", [EXPAND, STEP_DOWN], NOT_DETERMINED),
        (("---D--", "DD-"), "deescalate", [SELECTED, STEP_DOWN], "75 mg"),
        (("---D--", "DD-"), "six_at_top", [SELECTED, STEP_DOWN], "75 mg"),
        (("---", "DD-"), "classic", [SELECTED, ABOVE], "75 mg"),
        (("D-----", "DD-"), "deescalate", [SELECTED, ABOVE], "75 mg"),
        (("---", "D-----"), "deescalate", [ESCALATE, NOT_OPENED], NOT_DETERMINED),
        (("---", "---", "---"), "deescalate", [ESCALATE, ESCALATE, TOP], NOT_REACHED),
        (("---", "---", "D-----"), "deescalate", [ESCALATE, ESCALATE, TOP], NOT_REACHED),
        (("---", "---", "---"), "six_at_top", [ESCALATE, ESCALATE, EXPAND], NOT_DETERMINED),
        (("DD-",), "deescalate", [ABOVE], NO_DOSE),
        # The demonstration: 0/3, 1/6, 1/6; the registry gives no rule after one DLT.
        (("---", "D-----", "D-----"), "classic", [ESCALATE, ESCALATE, TOP], NOT_REACHED),
        (("---", "D-----", "D-----"), "registered", [ESCALATE, NEEDED, NEEDED], NEEDED),
        (("---", "---", "---"), "registered", [ESCALATE, ESCALATE, TOP_RP2D], NOT_REACHED),
        (("---",), "deescalate", [NOT_OPENED], NOT_DETERMINED),
        # One DLT already: whatever follows, the registry has no rule.
        (("D",), "registered", [NEEDED], NEEDED),
        (("D",), "deescalate", [COMPLETE], NOT_DETERMINED),
    ],
)
def test_decisions_of_the_levels(texts, variant, expected, mtd):
    assert words(*texts, variant=variant) == expected
    assert select_mtd(levels(*texts), variant) == mtd


@pytest.mark.parametrize(
    ("text", "expected"),
    [("--?", PENDING), ("--", COMPLETE), ("DD", ABOVE), ("?DD", ABOVE), ("--?-", PENDING), ("D--?--", PENDING)],
)
def test_what_is_not_known_yet_is_never_no_dlt(text, expected):
    assert words(text) == [expected]


def test_the_first_six_decide():
    # Seventh and eighth with a DLT: 1 of the first 6, so it passes.
    assert words("D-----DD") == [NOT_OPENED]


def test_a_level_that_was_never_opened():
    assert words("D--", "---") == [EXPAND, OUTSIDE]
    assert words("D--", "---", variant="registered") == [NEEDED, NEEDED]


def test_dates_and_earlier_decisions():
    """Outcomes are known on consecutive days from 1 January 2019: 75 mg on days 1-3, 100 mg on days 4-9."""
    known = levels("---", "D-----")
    first, second = (decide(known, place, "deescalate") for place in (0, 1))
    assert (first.date, first.earlier) == (dt.date(2019, 1, 3), ())
    assert (second.date, second.earlier) == (dt.date(2019, 1, 9), (EXPAND,))
    # 100 mg fails with the second DLT, on day 5: 75 mg is opened again on that day.
    back = decide(levels("---", "DD-"), 0, "deescalate")
    assert (back.word, back.date, back.earlier) == (EXPAND, dt.date(2019, 1, 5), (ESCALATE,))
    assert decide(levels("--?"), 0, "deescalate").date is None


def test_every_situation_has_a_decision_in_every_variant():
    assert all(len(row) == len(VARIANTS) for row in DECISIONS.values())
