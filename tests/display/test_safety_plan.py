"""The words of the safety displays say what the study keys say: a label cannot follow a key by itself."""

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
def test_level_of_the_intervals_is_that_of_the_study(display):
    level = loaded_study("full").settings["ci.level"].value
    labels = {row.label for row in DISPLAYS[display].rows if row.show == "interval"}
    assert labels == {f"{100 * level:g}% CI"}
