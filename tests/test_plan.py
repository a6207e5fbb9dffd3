"""The plan is read from its files, put in the order of the appendix, and refused where a name leads nowhere."""

import shutil
from pathlib import Path

import pytest

from crf2csr.errors import InputError
from crf2csr.plan_checks import load_plan

ROOT = Path(__file__).resolve().parent.parent
MAIN = """
populations:
  fas: {label: Full analysis set, flag: FASFL}
columns:
  all:
    - {id: all, label: All subjects}
"""
AGE = """
analyses:
  age: {method: summary, data: adsl, populations: [fas], columns: all, variables: [{name: AGE}]}
"""
TABLE = """
displays:
  %s:
    layout: rows
    number: %s
    title: Age
    population: fas
    columns: all
    parts: [{id: fas, population: fas}]
    rows: [{label: n, analysis: age, variable: AGE, show: n}]
"""


def planned(root, main=MAIN, **pieces):
    """Write a plan with its pieces into a folder that has the project's contracts, and load it."""
    folder = root / "config" / "one"
    (folder / "plan").mkdir(parents=True)
    shutil.copytree(ROOT / "config" / "contracts", root / "config" / "contracts")
    (folder / "plan.yaml").write_text(main)
    for name, text in pieces.items():
        (folder / "plan" / f"{name}.yaml").write_text(text)
    return load_plan("one", root)


def test_analyses_and_displays_of_all_files_make_one_plan(tmp_path):
    plan = planned(tmp_path, ages=AGE, tables=TABLE % ("t-1", "14.1"))
    assert list(plan.analyses) == ["age-fas"]
    assert [analysis.id for analysis in plan.analyses_of("t-1")] == ["age-fas"]


def test_displays_stand_by_kind_and_number_and_a_sensitivity_after_its_base(tmp_path):
    listing = "  l-1: {layout: records, number: 2.1, title: Ages, population: fas, data: [adsl]}\n"
    numbers = {"t-b": "14.10", "t-c": "14.2", "t-d": "14.2-S1", "t-a": "14.2.1"}
    pieces = {f"p{i}": TABLE % item for i, item in enumerate(numbers.items())}
    plan = planned(tmp_path, ages=AGE + "displays:\n" + listing, **pieces)
    assert list(plan.file.displays) == ["t-c", "t-d", "t-a", "t-b", "l-1"]


def test_a_listing_of_section_14_stands_among_the_tables(tmp_path):
    """ICH E3 has listings of deaths and serious events in 14.3.2, after the tables of 14.3.1."""
    listing = "  l-{0}: {{layout: records, number: {1}, title: Ages, population: fas, data: [adsl]}}\n"
    listings = listing.format("a", "14.3.2.2") + listing.format("b", "16.2.7.2") + listing.format("c", "14.3.2.10")
    numbers = {"t-b": "14.3.2.1", "t-c": "14.3.4.1", "t-d": "14.3.1.2"}
    pieces = {f"p{i}": TABLE % item for i, item in enumerate(numbers.items())}
    plan = planned(tmp_path, ages=AGE + "displays:\n" + listings, **pieces)
    assert list(plan.file.displays) == ["t-d", "t-b", "l-a", "l-c", "t-c", "l-b"]


def test_a_name_that_two_files_plan_is_refused_with_the_second_file(tmp_path):
    with pytest.raises(InputError, match=r"plan/tables\.yaml line 3: analyses\.age is planned already"):
        planned(tmp_path, ages=AGE, tables=AGE)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("show: n}", "show: mean}"), "shows 'mean'"),
        (("analysis: age", "analysis: agee"), "unknown analysis 'agee'; did you mean 'age'"),
        (("variable: AGE", "variable: AGES"), "has no variable 'AGES'"),
        (("layout: rows", "layout: row"), "unknown layout 'row'; did you mean 'rows'"),
        (("population: fas\n    columns", "population: fast\n    columns"), "unknown population 'fast'"),
        (("columns: all\n    parts", "columns: al\n    parts"), "columns 'al' are not those of analysis 'age'"),
        (("title: Age", "title: Age\n    analyses: [ages]"), "unknown analysis 'ages'"),
        (("title: Age", "title: Age\n    data: [adsx]"), "unknown dataset 'adsx'"),
        (("title: Age", "title: Age\n    data: [adsl]\n    variables: [AGEE]"), "unknown variable of adsl 'AGEE'"),
        (("title: Age", "title: Age\n    listings: [16.2.1]"), "cites Listing 16.2.1, which is not planned"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused_with_file_and_line(tmp_path, change, complaint):
    text = TABLE % ("t-1", "14.1")
    assert change[0] in text
    with pytest.raises(InputError) as found:
        planned(tmp_path, ages=AGE, tables=text.replace(*change))
    assert complaint in str(found.value)
    assert "plan/tables.yaml line " in str(found.value)


@pytest.mark.parametrize("number", ["14.2.", "fourteen", "14.2-S"])
def test_a_number_that_is_none_is_refused(tmp_path, number):
    with pytest.raises(InputError, match="number"):
        planned(tmp_path, ages=AGE, tables=TABLE % ("t-1", number))


def test_a_figure_draws_known_columns(tmp_path):
    figure = (
        "displays:\n  f-1: {layout: kaplan_meier, number: 14.1, title: PFS, population: fas, columns: all, "
        "analyses: [age], levels: [rp2d]}\n"
    )
    with pytest.raises(InputError, match=r"displays\.f-1: unknown column of 'all' 'rp2d'"):
        planned(tmp_path, ages=AGE, figures=figure)


EVENTS = """
analyses:
  ae:
    method: %s
    data: adae
    populations: [fas]
    columns: all
    variables: [{name: AEBODSYS, within: AEDECOD%s}]
displays:
  t-1:
    layout: %s
    number: 14.3
    title: Events
    population: fas
    columns: all
    parts: [{id: fas, population: fas}]
    rows: [{label: Any, analysis: ae, variable: AEBODSYS, show: count_percent%s}]
"""


@pytest.mark.parametrize(
    "given",
    [
        ("incidence", ', intervals: [""]', "rows", ""),
        ("incidence", ", worst: AETOXGR", "grades", ""),
        ("incidence", "", "rows", ", only: [all]"),
    ],
)
def test_a_table_of_events_is_taken(tmp_path, given):
    assert list(planned(tmp_path, events=EVENTS % given).file.displays) == ["t-1"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (("categories", ", worst: AETOXGR", "grades", ""), "knows no `worst`"),
        (("incidence", ", worst: GRADE", "grades", ""), "unknown variable of adae 'GRADE'"),
        (("incidence", ", worst: AETOXGR", "rows", ""), "the layout 'grades' shows variables with `worst`"),
        (("incidence", "", "grades", ""), "the layout 'grades' shows variables with `worst`"),
        (("incidence", "", "rows", ", only: [d75]"), "unknown column 'd75'"),
        (("incidence", "", "rows", ", parts: [phase]"), "unknown part 'phase'"),
        (("incidence", ", common: true", "rows", ""), "'AEBODSYS' has `common`: it is for an incidence or rate"),
        (("incidence", ", intervals: [Skin]", "rows", ""), "unknown category 'Skin'"),
        (("proportions", ', intervals: [""]', "rows", ""), "unknown category ''"),
        (("incidence", ", subset: [{variable: NOPE, op: missing}]", "rows", ""), "unknown variable of adsl 'NOPE'"),
        (("pk_summary", ", subset: [{variable: AGE, op: missing}]", "rows", ""), "'pk_summary' knows no `subset`"),
    ],
)
def test_a_table_of_events_that_cannot_be_made_is_refused(tmp_path, given, complaint):
    with pytest.raises(InputError, match=complaint):
        planned(tmp_path, events=EVENTS % given)
