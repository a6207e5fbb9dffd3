"""Study and cut: unknown, missing, wrong and contradicting keys stop before any job (F-301 to F-305, F-308)."""

import shutil
from datetime import date
from decimal import Decimal

import pytest

from crf2csr.contracts import ROOT
from crf2csr.errors import InputError
from crf2csr.study import declared, load_study, nearest, plain_name, uses, value_text
from crf2csr.study_keys import KEYS

STUDY, CUT = "config/nct03709082/study.yaml", "config/nct03709082/cuts/full.yaml"
CUTOFF = "data_cutoff: {value: 2023-06-30, source: assumed, note: cutoff of the demonstration extract}"
LEVEL = "ci.level: {value: 0.95, source: assumed, note: the interval level is missing}"


def load(folder, old="", new="", file=STUDY):
    """Load the demonstration study from a copy of its configuration in which `old` became `new`."""
    shutil.copytree(ROOT / "config", folder / "config")
    path = folder / file
    text = path.read_text()
    if old:
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times"
        path.write_text(text.replace(old, new))
    return load_study("nct03709082", "full", folder)


def test_the_demonstration_study_is_read_with_converted_values(tmp_path):
    study = load(tmp_path)
    view = study.view(["data_cutoff", "escalation.dose_levels_mg", "dlt.require_tdm1", "rp2d.value", "ci.level"])
    assert view["data_cutoff"] == date(2023, 6, 30)
    assert view["escalation.dose_levels_mg"] == (75, 100, 125)
    assert view["dlt.require_tdm1"] is True
    assert view["rp2d.value"] == 125
    assert view["ci.level"] == 0.95
    assert set(study.settings) == set(KEYS)
    assert study.extract == tmp_path / "data" / "nct03709082" / "full"


def test_a_missing_value_is_none(tmp_path):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    study = load_study("nct03709082", "as_enrolled", tmp_path)
    assert study.view(["rp2d.value"])["rp2d.value"] is None


def line_of(file, text):
    """Return the line of a text in the configuration of the demonstration."""
    lines = (ROOT / file).read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


#: Fault, file, what to replace, by what, the message; `{line}` is the line of the replaced text.
FAULTS = [
    (
        "F-301 unknown key",
        STUDY,
        "ci.level:",
        "ci.levle:",
        "line {line}: key 'ci.levle' does not belong here; did you mean 'ci.level'?",
    ),
    ("F-301 missing key", STUDY, f"  {LEVEL}\n", "", "missing keys ci.level; add each with value and source"),
    ("F-301 key of a cut", STUDY, "ci.level:", "data_cutoff:", "line {line}: key 'data_cutoff' does not belong here"),
    ("F-301 key of the study", CUT, "data_cutoff:", "ci.level:", "line {line}: key 'ci.level' does not belong here"),
    (
        "F-301 type",
        STUDY,
        "value: 0.95",
        "value: '0,95'",
        "line {line}: key 'ci.level' = '0,95': Input should be a valid number",
    ),
    (
        "F-301 choice",
        STUDY,
        "value: clopper_pearson",
        "value: wald",
        "line {line}: key 'ci.method' = 'wald': Input should be 'clopper_pearson'",
    ),
    (
        "F-301 duplicate",
        STUDY,
        "  ci.level:",
        "  ci.level: {value: 0.9, source: house}\n  ci.level:",
        "key 'ci.level' stands twice; keep one",
    ),
    ("F-301 section", STUDY, "\nkeys:\n", "\nkies:\n", "kies: unknown key; did you mean 'keys'?"),
    (
        "F-301 part of a key",
        STUDY,
        LEVEL,
        LEVEL.replace("note", "nota"),
        "line {line}: keys.ci.level.nota: unknown key; did you mean 'note'?",
    ),
    (
        "F-301 synthetic",
        CUT,
        "synthetic: true",
        "synthetic: maybe",
        "line {line}: synthetic = 'maybe': Input should be a valid boolean",
    ),
    (
        "F-302 seconds",
        CUT,
        "value: 2023-06-30",
        "value: 86400",
        "key 'data_cutoff' = '86400': Value error, expected a day as yyyy-mm-dd",
    ),
    ("F-302 other order", CUT, "value: 2023-06-30", "value: 30-06-2023", "Value error, expected a day as yyyy-mm-dd"),
    (
        "F-302 impossible day",
        CUT,
        "value: 2023-06-30",
        "value: 2023-06-31",
        "key 'data_cutoff' = '2023-06-31': Input should be a valid date",
    ),
    ("F-302 time", CUT, "extracted_on: 2023-07-05", "extracted_on: 2023-07-05T00:00:00", "line {line}: extracted_on"),
    (
        "F-304 no source",
        STUDY,
        LEVEL,
        "ci.level: {value: 0.95, note: x}",
        "line {line}: keys.ci.level.source: missing key; add it",
    ),
    (
        "F-304 other source",
        STUDY,
        LEVEL,
        "ci.level: {value: 0.95, source: me}",
        "line {line}: keys.ci.level.source = 'me': Input should be 'protocol'",
    ),
    (
        "F-304 no note",
        STUDY,
        LEVEL,
        "ci.level: {value: 0.95, source: assumed}",
        "line {line}: key 'ci.level' is assumed without a note",
    ),
    (
        "F-305 not a level",
        CUT,
        "rp2d.value: {value: 125",
        "rp2d.value: {value: 80",
        "rp2d.value = 80 is not one of the dose levels [75, 100, 125]",
    ),
    (
        "F-305 half a declaration",
        CUT,
        "declared_by: {value: Sponsor (demonstration)",
        "declared_by: {value: null",
        "are given together or not at all",
    ),
    ("F-305 after the cutoff", CUT, "value: 2023-06-30", "value: 2018-01-01", " is after data_cutoff = 2018-01-01"),
    (
        "F-305 cutoff too late",
        CUT,
        "value: 2023-06-30",
        "value: 2023-07-06",
        "data_cutoff = 2023-07-06 is after extracted_on = 2023-07-05",
    ),
    (
        "F-305 level",
        STUDY,
        "value: 0.95",
        "value: 95",
        "line {line}: key 'ci.level' = '95': Input should be less than 1",
    ),
    (
        "F-305 scenario without a dose level",
        STUDY,
        "[0.10, 0.20, 0.33]",
        "[0.10, 0.20]",
        "line {line}: key 'escalation.toxicity_vectors', scenario 2 = '0.10, 0.20': 2 probabilities for the dose "
        "levels [75, 100, 125]; give one a dose level",
    ),
    (
        "F-305 empty scenario",
        STUDY,
        "[0.10, 0.20, 0.33]",
        "[]",
        "line {line}: key 'escalation.toxicity_vectors', scenario 2 = 'none': 0 probabilities",
    ),
    (
        "F-301 probability above 1",
        STUDY,
        "[0.10, 0.20, 0.33]",
        "[0.10, 0.20, 33]",
        "Input should be less than or equal to 1",
    ),
    (
        "F-301 probability below 0",
        STUDY,
        "[0.10, 0.20, 0.33]",
        "[-0.10, 0.20, 0.33]",
        "Input should be greater than or equal to 0",
    ),
    (
        "F-301 probability that is none",
        STUDY,
        "[0.10, 0.20, 0.33]",
        "[low, 0.20, 0.33]",
        "line {line}: key 'escalation.toxicity_vectors' = '[['0.05', '0.10', '0.20'], ['low',",
    ),
    ("F-305 no number", STUDY, "value: 0.95", "value: nan", "line {line}: key 'ci.level' = 'nan': Input should be"),
    (
        "F-308 extract",
        CUT,
        "extract: data/nct03709082/full",
        "extract: ../elsewhere",
        "line {line}: extract '../elsewhere' lies outside the project",
    ),
    (
        "F-308 absolute",
        CUT,
        "extract: data/nct03709082/full",
        "extract: /etc",
        "line {line}: extract '/etc' lies outside the project",
    ),
    ("F-308 mapping", CUT, "mapping: edc_csv", "mapping: ../../x", "line {line}: mapping = '../../x'"),
    ("F-308 mapping line end", CUT, "mapping: edc_csv", 'mapping: "edc_csv\\n"', "line {line}: mapping"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_a_defect_names_file_line_and_key(tmp_path, file, old, new, message):
    with pytest.raises(InputError) as error:
        load(tmp_path, old, new, file)
    first = old.strip("\n").splitlines()[0]
    assert str(error.value).startswith(str(tmp_path / "config"))
    assert message.format(line=line_of(file, first)) in str(error.value)
    assert "\n" not in str(error.value)


def test_f_305_every_contradiction_is_named_at_once(tmp_path):
    text = (ROOT / CUT).read_text()
    changed = text.replace("value: 125", "value: 80").replace("value: 2023-06-30", "value: 2023-07-06")
    with pytest.raises(InputError) as error:
        load(tmp_path, text, changed, CUT)
    assert "rp2d.value = 80" in str(error.value)
    assert "data_cutoff = 2023-07-06" in str(error.value)


@pytest.mark.parametrize("name", ["../x", "a/b", "A", "a b", "", "ä", "a.b", "a\n", "\0", "~"])
def test_f_308_names_are_plain(tmp_path, name):
    with pytest.raises(InputError, match="a name has lower-case letters, digits, '_' and '-' only"):
        plain_name(name, "study")
    with pytest.raises(InputError):
        load_study(name, "full", tmp_path)
    with pytest.raises(InputError):
        load_study("nct03709082", name, tmp_path)


def test_an_unknown_study_and_cut_are_named(tmp_path):
    with pytest.raises(InputError, match=r"nosuch/study\.yaml: file not found; check the name of the study or the cut"):
        load_study("nosuch", "full", tmp_path)
    shutil.copytree(ROOT / "config", tmp_path / "config")
    with pytest.raises(InputError, match=r"cuts/nosuch\.yaml: file not found"):
        load_study("nct03709082", "nosuch", tmp_path)


def test_keys_that_mean_nothing_are_named_or_left_out_and_not_both(tmp_path):
    """`dlt` leaves out three keys; what stays is a name that is no key, and a key that is given all the same."""
    head = "keys:\n  endpoints."
    lines = (ROOT / STUDY).read_text().splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith("  dlt."))
    for number, (names, message) in enumerate(
        (
            ("[dlt]", ""),
            ("[dlt, dltt]", "not_applicable: 'dltt' is no key"),
            ("[dlt, ci.level]", "key 'ci.level' does not"),
        )
    ):
        folder = tmp_path / str(number)
        shutil.copytree(ROOT / "config", folder / "config")
        (folder / STUDY).write_text(kept.replace(head, f"not_applicable: {names}\n{head}"))
        if message:
            with pytest.raises(InputError, match=message):
                load_study("nct03709082", "full", folder)
            continue
        study = load_study("nct03709082", "full", folder)
        left = {key for key, setting in study.settings.items() if setting.source == "not applicable"}
        assert left == {"dlt.window_days", "dlt.min_dose_pct", "dlt.require_tdm1"}


def test_a_view_shows_only_what_was_declared(tmp_path):
    @uses("ci.level", "ci.method")
    def function():
        """Use two keys."""

    view = load(tmp_path).view(declared(function))
    assert view["ci.method"] == "clopper_pearson"
    with pytest.raises(KeyError, match=r"key 'ci\.alpha' is used without @uses\('ci\.alpha'\)"):
        view["ci.alpha"]
    with pytest.raises(KeyError, match="data_cutoff"):
        view["data_cutoff"]
    assert declared(load) == ()


def test_scenarios_are_exact_optional_and_read_in_a_footnote(tmp_path):
    key, study = "escalation.toxicity_vectors", load(tmp_path)
    assert study.settings[key].value[0] == (Decimal("0.05"), Decimal("0.10"), Decimal("0.20"))
    assert value_text(study.settings[key].value[:2]) == "(0.05, 0.10, 0.20), (0.10, 0.20, 0.33)"
    none = study.changed("no scenario", {key: []}).settings[key].value
    assert (none, value_text(none)) == ((), "none")


def test_scenarios_of_a_variant_have_a_probability_for_each_dose_level(tmp_path):
    study = load(tmp_path)
    two = {"escalation.dose_levels_mg": ["75", "100"], "escalation.toxicity_vectors": [["0.1", "0.2", "0.3"]]}
    with pytest.raises(InputError, match=r"plan variant 'two'.*scenario 1 = '0.1, 0.2, 0.3': 3 probabilities"):
        study.changed("two", two)


def test_an_unknown_key_is_refused_where_it_is_declared():
    with pytest.raises(KeyError, match=r"@uses names unknown keys: ci\.levle"):
        uses("ci.levle")


def test_the_nearest_word_is_offered_or_nothing():
    assert nearest("slope", ["scope", "shape"]) == "; did you mean 'scope'?"
    assert nearest("slope", ["xyz"]) == ""
