"""Listings with a column for each parameter: literal frames in, lines of text out."""

import pandas as pd
import pytest

from crf2csr.display.listings.spread import spread
from crf2csr.display.model import Listing
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import plan_of, typed

TEXT = """
populations: {saf: {label: Safety set, flag: SAFFL}}
displays:
  l-1:
    layout: spread
    number: 16.2.6.6.1
    title: Answers
    population: saf
    data: [adqs]
    variables: [AVALC, WORSFL]
    where: [{variable: PARAMCD, op: in, value: [BCPT02, BCPT01, AGE]}, {variable: AVISIT, op: ne, value: WORST}]
    sort: [SUBJID, AVISITN, AVISIT]
    repeats: [SUBJID]
    list_columns:
      - {variable: SUBJID, label: Subject}
      - {variable: AVISIT, label: Visit}
      - {variable: ADT, label: Date (day), day: ADY}
      - {variable: BCPT02, label: Nausea, width: 0.5, align: center}
      - {variable: BCPT01, label: Flushes}
      - {variable: AGE, label: Age}
"""
ADSL = typed(
    """
    USUBJID | SAFFL
    A       | Y
    B       | Y
    C       | N
    """
)
# C is outside of the set; BCPT03 is not listed; the answer to BCPT01 at C2D1 came a day later than that to BCPT02.
ADQS = """
USUBJID | SUBJID | PARAMCD | AVISIT | AVISITN | ADT        | ADY | AVALC | WORSFL
B       | 01-2   | BCPT01  | C1D1   | 1       |            |     |       |
A       | 01-1   | BCPT01  | EOT    | 900     | 2019-06-01 | 90  | 0     | N
A       | 01-1   | BCPT01  | C2D1   | 2       | 2019-03-23 | 23  | 3     | Y
A       | 01-1   | BCPT02  | C2D1   | 2       | 2019-03-22 | 22  |       |
A       | 01-1   | BCPT01  | C1D1   | 1       | 2019-03-01 | 1   | 1     |
A       | 01-1   | BCPT02  | C1D1   | 1       |            |     | 2     |
A       | 01-1   | BCPT03  | C1D1   | 1       | 2019-03-09 | 9   | 4     |
A       | 01-1   | BCPT01  | WORST  |         | 2019-03-23 | 23  | 3     | Y
C       | 02-1   | BCPT01  | C1D1   | 1       | 2019-03-01 | 1   | 4     |
"""


def listed(adqs: str = ADQS, text: str = TEXT) -> Listing:
    frame = typed(adqs, AVISITN="Float64", ADT="datetime64[ns]", ADY="Int64")
    return spread(plan_of(text), "l-1", {"adsl": ADSL, "adqs": frame}, study_view(spread))


def test_one_line_a_visit_with_a_column_for_each_planned_parameter() -> None:
    listing = listed()
    assert [column.label for column in listing.columns] == [
        "Subject",
        "Visit",
        "Date (day)",
        "Nausea",
        "Flushes",
        "Age",
    ]
    assert listing.rows == (
        ("01-1", "C1D1", "2019-03-01 (1)", "2", "1", ""),
        ("01-1", "C2D1", "2019-03-23 (23)", "ND", "3*", ""),
        ("01-1", "EOT", "2019-06-01 (90)", "", "0", ""),
        ("01-2", "C1D1", "", "", "ND", ""),
    )
    assert listing.repeats == ("SUBJID",)


def test_without_a_flag_no_answer_is_marked() -> None:
    assert listed(text=TEXT.replace("[AVALC, WORSFL]", "[AVALC]")).rows[1][4] == "3"


def test_codes_of_other_variables_stand_behind_the_value_as_the_plan_words_them() -> None:
    adqs = """
    USUBJID | SUBJID | PARAMCD | AVISIT | AVISITN | ADT        | ADY | AVALC | ANRIND | GRADE | ABLFL
    A       | 01-1   | BCPT01  | C1D1   | 1       | 2019-03-01 | 1   | 0.92  | LOW    | 3     | Y
    A       | 01-1   | BCPT01  | C2D1   | 2       | 2019-03-22 | 22  | 80    | NORMAL | 1     |
    A       | 01-1   | BCPT01  | C3D1   | 3       | 2019-04-12 | 43  | 7     |        | 0     |
    A       | 01-1   | BCPT01  | C4D1   | 4       | 2019-05-03 | 64  |       | LOW    |       |
    """
    frame = typed(adqs, AVISITN="Float64", ADT="datetime64[ns]", ADY="Int64", GRADE="Int64")
    marks = '{ANRIND: {LOW: " L"}, GRADE: {"1": " (1)", "3": " (3)"}, ABLFL: {"Y": " b"}}'
    plan = plan_of(TEXT.replace("variables: [AVALC, WORSFL]", f"variables: [AVALC]\n    marks: {marks}"))
    listing = spread(plan, "l-1", {"adsl": ADSL, "adqs": frame}, study_view(spread))
    assert [row[4] for row in listing.rows] == ["0.92 L (3) b", "80 (1)", "7", "ND"]


def test_numbers_stand_in_brackets_behind_the_value_without_one_there_is_nothing_to_show() -> None:
    adqs = """
    USUBJID | SUBJID | PARAMCD | AVISIT | AVISITN | ADT        | ADY | AVAL  | RAWSUM | CHG   | WORSFL
    A       | 01-1   | BCPT01  | C1D1   | 1       | 2019-03-01 | 1   | 51.25 | 6      |       |
    A       | 01-1   | BCPT01  | C2D1   | 2       | 2019-03-22 | 22  | 48    | 5      | -3.25 | N
    A       | 01-1   | BCPT01  | C3D1   | 3       | 2019-04-12 | 43  | 60.5  | 12     | 9.25  | Y
    A       | 01-1   | BCPT01  | C4D1   | 4       |            |     |       | 9      |       |
    """
    kinds = {"AVISITN": "Float64", "ADT": "datetime64[ns]", "ADY": "Int64"}
    frame = typed(adqs, **kinds, AVAL="Float64", RAWSUM="Int64", CHG="Float64")
    plan = plan_of(TEXT.replace("[AVALC, WORSFL]", "[AVAL, RAWSUM, CHG, WORSFL]"))
    listing = spread(plan, "l-1", {"adsl": ADSL, "adqs": frame}, study_view(spread))
    # 51.25 and -3.25 by R-103: half away from zero.
    assert [row[4] for row in listing.rows] == ["51.3 (6)", "48.0 (5, -3.3)", "60.5 (12, 9.3)*", "ND"]


def test_a_number_has_the_decimals_planned_for_its_column() -> None:
    numbers = ADQS.replace("| AVALC | WORSFL", "| AVAL | WORSFL")
    frame = typed(numbers, AVISITN="Float64", ADT="datetime64[ns]", ADY="Int64", AVAL="Float64")
    text = TEXT.replace("[AVALC, WORSFL]", "[AVAL, WORSFL]").replace("label: Flushes", "label: Flushes, decimals: 0")
    listing = spread(plan_of(text), "l-1", {"adsl": ADSL, "adqs": frame}, study_view(spread))
    assert [row[3:5] for row in listing.rows] == [("2.0", "1"), ("ND", "3*"), ("", "0"), ("", "ND")]


def test_nobody_is_an_empty_listing() -> None:
    listing = listed(ADQS.split("\n")[1])
    assert listing.rows == ()
    assert listing.empty.startswith("No data to report")
    assert "PARAMCD in BCPT02, BCPT01, AGE" in listing.empty


@pytest.mark.parametrize("order", [lambda f: f.iloc[::-1], lambda f: f.sample(frac=1, random_state=7)])
def test_shuffled_rows_change_nothing(order) -> None:
    frame = typed(ADQS, AVISITN="Float64", ADT="datetime64[ns]", ADY="Int64")
    data: dict[str, pd.DataFrame] = {"adsl": ADSL, "adqs": order(frame)}
    assert spread(plan_of(TEXT), "l-1", data, study_view(spread)) == listed()


def test_two_rows_of_a_parameter_on_one_line_are_refused() -> None:
    twice = "A | 01-1 | BCPT01 | C1D1 | 1 | 2019-03-02 | 2 | 2 |"
    with pytest.raises(InputError, match=r"listing 16\.2\.6\.6\.1: 01-1, C1D1, 1\.0, BCPT01: two rows on one line"):
        listed(ADQS + twice)


def test_the_plan_lists_the_parameters() -> None:
    with pytest.raises(InputError, match="`where` lists the parameters"):
        listed(text=TEXT.replace("op: in, value: [BCPT02, BCPT01, AGE]", "op: eq, value: BCPT01"))
