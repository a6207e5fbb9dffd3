"""The words of the displays of events and times say what the study keys say: a label cannot follow a key by itself."""

import pytest

from crf2csr.analyze.counting import FEWEST, SMALL
from crf2csr.derive import adnarr
from crf2csr.derive.rules.events_of_interest import load_groups
from crf2csr.plan_checks import load_plan
from tests.builders import loaded_study

DISPLAYS = load_plan("nct03709082").file.displays


@pytest.mark.parametrize("cut", ["full", "as_enrolled"])
def test_windows_in_labels_and_notes_are_those_of_the_study(cut):
    overview, settings = DISPLAYS["t-14-3-1-1"], loaded_study(cut).settings
    window, after_death = (settings[key].value for key in ("teae.window_days", "death.window_days"))
    assert f"up to {window} days after the last dose" in overview.notes["teae"]
    assert f"Death up to {after_death} days after the last dose" in {row.label for row in overview.rows}


@pytest.mark.parametrize("display", ["t-14-3-1-1", "t-14-3-1-5"])
def test_method_of_the_intervals_is_that_of_the_study(display):
    method = loaded_study("full").settings["ci.method"].value
    assert "Clopper-Pearson" in DISPLAYS[display].notes["ci"]
    assert method == "clopper_pearson"


@pytest.mark.parametrize("display", ["t-14-2-2", "t-14-2-3"])
def test_landmarks_level_and_source_of_the_times_are_those_of_the_study(display):
    settings = loaded_study("full").settings
    landmarks = {row.label for row in DISPLAYS[display].rows if row.show == "landmark"}
    level = f"{100 * settings['ci.level'].value:g}% CI"
    assert landmarks == {
        f"Event-free at {months} months, % ({level})" for months in settings["tte.landmarks_months"].value
    }
    assert "(derived RECIST 1.1 response)" in DISPLAYS["t-14-2-3"].notes["fda"]
    assert settings["response.source"].value == "derived"


@pytest.mark.parametrize("display", ["t-14-3-1-1", "t-14-3-1-5"])
def test_level_of_the_intervals_is_that_of_the_study(display):
    level = loaded_study("full").settings["ci.level"].value
    labels = {row.label for row in DISPLAYS[display].rows if row.show == "interval"}
    assert labels == {f"{100 * level:g}% CI"}


def test_windows_of_deaths_and_rates_are_those_of_the_study():
    settings = loaded_study("full").settings
    after_death, window = settings["death.window_days"].value, settings["teae.window_days"].value
    labels = {row.label for row in DISPLAYS["t-14-3-2-1"].rows}
    assert {
        f"Up to {after_death} days after the last dose",
        f"More than {after_death} days after the last dose",
    } <= labels
    assert f"{window} days after the last dose" in DISPLAYS["t-14-3-1-11"].notes["risk"]
    for number in ("14-3-2-2", "16-2-7-3"):
        assert f"death up to {after_death} days" in DISPLAYS[f"l-{number}"].notes["dose"]


def test_the_cut_of_the_note_is_that_of_the_study():
    percent = loaded_study("full").settings["ae.common_cut_pct"].value
    note = DISPLAYS["t-14-3-1-4"].notes["cut"]
    assert f"at least {percent}% of all subjects" in note
    assert f"fewer than {SMALL} subjects, terms that at least {FEWEST} subjects" in note


def test_windows_of_the_sensitivities_are_those_that_their_titles_name():
    for id_, one in load_plan("nct03709082").file.sensitivities.items():
        if one.of == "t-14-3-1-1":
            days = load_plan("nct03709082").file.variants[one.variant].settings["teae.window_days"]
            number = DISPLAYS[id_].number
            assert f"window of {days} days" in one.change
            assert f"window of {days} days" in one.note
            assert f"{days} days in Table {number}" in DISPLAYS["t-14-3-1-1"].notes["teae"]


def test_groups_of_special_interest_have_the_labels_and_terms_of_the_list():
    rows = DISPLAYS["t-14-3-1-10"].rows
    assert {row.category: row.label for row in rows if row.variable == row.category} == dict(
        load_groups("palbociclib-tdm1").values()
    )
    words = DISPLAYS["t-14-3-1-10"].notes["groups"].casefold()
    missing = {term for term in load_groups("palbociclib-tdm1") if not all(word in words for word in term.split())}
    assert missing == set()


def test_listings_of_section_14_have_the_records_and_columns_of_section_16():
    for first, second in (("l-14-3-2-2", "l-16-2-7-3"), ("l-14-3-2-3", "l-16-2-7-2")):
        assert (DISPLAYS[first].where, DISPLAYS[first].list_columns) == (
            DISPLAYS[second].where,
            DISPLAYS[second].list_columns,
        )
    assert DISPLAYS["l-14-3-2-4"].list_columns == DISPLAYS["l-16-2-7-5"].list_columns


def test_the_index_of_narratives_leads_to_listings_that_exist():
    planned = {spec.number for spec in DISPLAYS.values() if spec.kind == "listing"}
    shown = DISPLAYS["l-14-3-3-1"]
    (named,) = (column.words for column in shown.list_columns if column.label == "Listing")
    assert set(named) == {adnarr.DEATH, adnarr.SERIOUS, adnarr.STOPPED, adnarr.DLT, adnarr.INTEREST, adnarr.LIVER}
    assert set(named.values()) <= planned
    assert all(f"Listing {number} (" in shown.notes["where"] for number in named.values())
