"""The words of the displays of events and times say what the study keys say: a label cannot follow a key by itself."""

import pytest

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
