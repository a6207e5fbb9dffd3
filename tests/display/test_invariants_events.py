"""Invariants 2 and 13 between the displays of adverse events and deaths: each breaks when two pages differ."""

from collections.abc import Mapping

import pytest

from crf2csr.ard import Member, Result
from crf2csr.display import invariants_events
from crf2csr.display.invariants_events import check_deaths, check_events
from crf2csr.display.model import Column, Listing
from crf2csr.plan_checks import load_plan


def counts(analysis: str, variable: str, found: Mapping[str, int], level: str = "all") -> list[Result]:
    return [Result(analysis, "c", level, variable, category, "n", n) for category, n in found.items()]


def overview(**rows: int) -> list[Result]:
    return [result for name, n in rows.items() for result in counts("ae-overview-safety", name, {"Y": n})]


SEVERE = {"": 5, "Gut": 4, "Gut/Nausea": 3}


@pytest.mark.parametrize(
    ("narrow", "wide", "smaller", "larger"),
    [
        ("teae-related-severe-safety", "teae-severe-safety", {"": 5, "Gut/Nausea": 4}, SEVERE),
        ("teae-related-serious-safety", "teae-serious-safety", {"": 6}, SEVERE),
        ("teae-serious-safety", "teae-safety", {"Gut": 5}, SEVERE),
        ("teae-severe-safety", "teae-severe@grade-3-safety", {"Gut": 5}, SEVERE),
        ("teae-related-safety", "teae-related@relation-safety", {"Gut": 5}, SEVERE),
    ],
)
def test_a_narrower_selection_counts_no_more(narrow, wide, smaller, larger):
    bounded = {name: min(n, larger[name]) for name, n in smaller.items()}
    assert list(check_events([*counts(narrow, "AEBODSYS", bounded), *counts(wide, "AEBODSYS", larger)])) == []
    found = list(check_events([*counts(narrow, "AEBODSYS", smaller), *counts(wide, "AEBODSYS", larger)]))
    assert len(found) == 1
    assert narrow in found[0]
    assert wide in found[0]


def test_a_class_that_the_wider_table_lacks_is_a_violation():
    related, severe = (f"teae-{name}-safety" for name in ("related-severe", "severe"))
    found = check_events([*counts(related, "AEBODSYS", {"Ear": 1}), *counts(severe, "AEBODSYS", SEVERE)])
    assert list(found) == [f"column all: 1 by {related} (AEBODSYS, Ear), 0 by {severe}"]


@pytest.mark.parametrize(
    ("row", "analysis", "variable", "category"),
    [
        ("TEAE", "teae-safety", "AEBODSYS", ""),
        ("TEAE", "teae-grades-safety", "AEBODSYS", "Any"),
        ("TEAE3", "teae-grades-safety", "AEBODSYS", ">=3"),
        ("SER", "teae-serious-safety", "AEBODSYS", ""),
        ("RELTDM", "teae-related-safety", "REL-TDM", ""),
        ("DISANY", "teae-action-safety", "ANY-DIS", ""),
        ("AESIQT", "teae-interest-safety", "QT", "QT"),
    ],
)
def test_a_row_of_the_overview_counts_the_subjects_of_its_table(row, analysis, variable, category):
    table = counts(analysis, variable, {category: 3})
    assert list(check_events([*overview(**{row: 3}), *table])) == []
    (found,) = check_events([*overview(**{row: 4}), *table])
    assert found.startswith("column all: 4 by ae-overview-safety")
    assert list(check_events(overview(**{row: 4}))) == []  # a table that is not planned is not held


def test_rates_leave_out_but_never_add():
    assert list(check_events([*overview(SER=3), *counts("teae-rates-safety", "SERIOUS", {"Y": 2})])) == []
    (found,) = check_events([*overview(SER=3), *counts("teae-rates-safety", "SERIOUS", {"Y": 4})])
    assert found == "column all: 4 by teae-rates-safety, SERIOUS, 3 by ae-overview-safety, SER"


def test_a_longer_window_counts_no_fewer():
    shorter = counts("ae-overview@window-28-safety", "TEAE", {"Y": 4})
    assert list(check_events([*overview(TEAE=4), *shorter])) == []
    assert len(list(check_events([*overview(TEAE=3), *shorter]))) == 1


def deaths(near: int = 1, late: int = 1, unknown: int = 0, caused: int = 2, without: int = 0) -> list[Result]:
    found = {"DTHFL": {"Y": 2}, "DTHWINFL": {"Y": near, "N": late}, "NODAY": {"Y": unknown}}
    found |= {"DTHCAUS": {"DISEASE PROGRESSION": caused, "OTHER": 0}, "NOCAUSE": {"Y": without}}
    return [result for variable, own in found.items() for result in counts("deaths-safety", variable, own)]


def test_deaths_add_up_by_time_and_by_cause():
    assert list(check_events(deaths())) == []
    assert list(check_events(deaths(late=0, unknown=1, caused=1, without=1))) == []
    assert list(check_events(deaths(late=0))) == ["deaths-safety, column all: the times add to 1, deaths are 2"]
    assert list(check_events(deaths(caused=1))) == ["deaths-safety, column all: the causes add to 1, deaths are 2"]


def test_the_overview_has_the_deaths_near_treatment_of_the_table():
    (found,) = check_events([*deaths(), *counts("deaths-window-safety", "DTHWINFL", {"Y": 2})])
    assert found.startswith("column all: 2 by deaths-window-safety")


def members(analysis: str, variable: str, category: str, *subjects: str) -> tuple[Member, ...]:
    id_ = Result(f"{analysis}-safety", "c", "all", variable, category, "n", None).id
    return tuple(Member(id_, "adae", f"ST-{subject}|1") for subject in subjects)


def listing(id_: str, *subjects: str) -> Listing:
    return Listing(id_, "1", "T", "P", (Column("SUBJID", "Subject"),), tuple((subject,) for subject in subjects), ())


FATAL = {"teae-fatal-safety": members("teae-fatal", "AEDECOD", "", "01-001", "01-002")}
DEAD = {"deaths-safety": members("deaths", "DTHFL", "Y", "01-001", "01-003")}
UNREPORTED = {"deaths-unreported-safety": members("deaths-unreported", "FATALFL", "Y", "01-002")}
EVERYWHERE = ("01-001", "01-002", "01-003")


def test_who_has_a_fatal_event_is_counted_dead_and_needs_a_narrative():
    everything = FATAL | DEAD | UNREPORTED
    shown = [listing(id_, *EVERYWHERE) for id_ in ("l-14-3-3-1", "l-14-3-2-2", "l-16-2-7-3")]
    assert list(check_deaths(shown, everything)) == []
    assert list(check_deaths(shown, FATAL | DEAD)) == ["ST-01-002 has a fatal event and is not counted dead"]
    missing = [listing("l-14-3-3-1", "01-001", "01-003")]
    assert list(check_deaths(missing, everything)) == [
        "l-14-3-3-1: ST-01-002, who died or has a fatal event, is not listed"
    ]
    assert len(list(check_deaths([listing("l-14-3-2-2")], everything))) == 3


def test_a_study_without_these_displays_holds_nothing():
    assert list(check_deaths([listing("l-1")], {})) == []
    assert list(check_events([])) == []


def test_every_analysis_and_display_that_is_held_is_one_of_the_plan():
    """A renamed analysis would not be held any more."""
    plan = load_plan("nct03709082")
    places = [place for found in invariants_events.SAME.values() for place in found]
    places += [*invariants_events.NEAR, invariants_events.FATAL, invariants_events.UNREPORTED, invariants_events.DIED]
    places += [place for parts in invariants_events.PARTS.values() for place in parts]
    named = {analysis for analysis, _, _ in places} | {one for pair in invariants_events.AT_MOST for one in pair}
    assert named | {invariants_events.OVERVIEW, invariants_events.RATES} <= plan.analyses.keys()
    known = {(id_, v.label) for id_, analysis in plan.analyses.items() for v in analysis.spec.variables}
    assert {(analysis, variable) for analysis, variable, _ in places} <= known
    overview = {v.label for v in plan.analyses[invariants_events.OVERVIEW].spec.variables}
    assert overview >= invariants_events.SAME.keys()
    assert plan.file.displays.keys() >= {invariants_events.INDEX, *invariants_events.DEATH_LISTINGS}
