"""Listings of records: literal plan and frames in, lines of text out."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from crf2csr.display.listings.records import records
from crf2csr.display.model import Listing
from crf2csr.plan_checks import load_plan
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = """
populations: {fas: {label: Full analysis set, flag: FASFL}}
displays:
  l-1:
    layout: records
    number: 16.2.1
    title: Sums
    population: fas
    data: [adtr]
    where: [{variable: PARAMCD, op: in, value: [SUMDIAM, LDIAM]}, {variable: AVISITN, op: le, value: 3}]
    sort: [SUBJID, AVISITN]
    repeats: [SUBJID]
    list_columns:
      - {variable: SUBJID, label: Subject, width: 2}
      - {variable: ADT, label: Date (day), day: ADY}
      - {variable: ADT, label: Date}
      - {variable: AVISITN, label: Visit, decimals: 2, align: right}
      - {variable: AVAL, label: mm}
      - {variable: NVIS, label: No.}
      - {variable: NOTE, label: Remark}
"""

ADSL = typed(
    """
    USUBJID | FASFL
    X-1     | Y
    X-2     | Y
    X-3     | N
    X-4     |
    """
)
# are outside of the set; BPCHG and visit 4 are not selected; NVIS and NOTE are columns of this test.
ADTR = typed(
    """
    USUBJID | SUBJID | PARAMCD | ADT        | ADY | AVISITN | AVAL  | NVIS | NOTE
    X-2     | 2      | LDIAM   |            |     | 1       |       |      | <b> $x$
    X-1     | 1      | SUMDIAM | 2020-03-05 | 64  | 2.5     | 21.25 | 2    | NA
    X-1     | 1      | SUMDIAM | 2019-12-31 | -1  | 1       | 30    | 1    |
    X-1     | 1      | BPCHG   | 2020-03-05 | 64  | 2       | -29.2 |      |
    X-1     | 1      | SUMDIAM | 2020-03-05 | 64  | 4       | 21.2  |      |
    X-2     | 2      | LDIAM   | 2020-03-05 |     |         | 1     |      |
    X-3     | 3      | LDIAM   | 2020-03-05 | 1   | 1       | 1     |      |
    X-4     | 4      | LDIAM   | 2020-03-05 | 1   | 1       | 1     |      |
    """,
    ADT="datetime64[ns]",
    ADY="Int64",
    AVISITN="Float64",
    AVAL="Float64",
    NVIS="Int64",
)


def listing(adtr: pd.DataFrame = ADTR, text: str = PLAN) -> Listing:
    return records(plan_of(text), "l-1", {"adsl": ADSL, "adtr": adtr}, study_view(records))


def test_title_block_and_columns() -> None:
    found = listing()
    assert (found.id, found.number, found.title, found.population) == ("l-1", "16.2.1", "Sums", "Full analysis set")
    assert [column.label for column in found.columns][:3] == ["Subject", "Date (day)", "Date"]
    assert [(column.width, column.align) for column in found.columns][:4:3] == [(2.0, "left"), (1.0, "right")]
    assert found.repeats == ("SUBJID",)
    assert found.empty == ""


def test_selected_rows_of_the_population_as_texts_in_planned_order() -> None:
    # 21.25 with one decimal, half away from zero: 21.3; a missing value is blank; text is not interpreted
    assert listing().rows == (
        ("1", "2019-12-31 (-1)", "2019-12-31", "1.00", "30.0", "1", ""),
        ("1", "2020-03-05 (64)", "2020-03-05", "2.50", "21.3", "2", "NA"),
        ("2", "", "", "1.00", "", "", "<b> $x$"),
    )


def test_a_missing_sort_value_comes_last_and_a_missing_day_has_no_brackets() -> None:
    every = PLAN.replace(", {variable: AVISITN, op: le, value: 3}", "")
    dates = [row[1] for row in listing(text=every).rows]
    assert dates == ["2019-12-31 (-1)", "2020-03-05 (64)", "2020-03-05 (64)", "", "2020-03-05"]


def test_equal_rows_keep_their_order() -> None:
    same = pd.concat([ADTR.iloc[[2]].assign(NOTE="first"), ADTR.iloc[[2]].assign(NOTE="second")])
    assert [row[-1] for row in listing(same).rows] == ["first", "second"]


@pytest.mark.parametrize(
    "frame", [ADTR.iloc[:0], ADTR.iloc[3:5], ADTR.iloc[6:]], ids=["none", "not selected", "outside"]
)
def test_nothing_to_list(frame: pd.DataFrame) -> None:
    found = listing(frame)
    assert found.rows == ()
    assert found.columns[0].label == "Subject"
    assert found.empty == (
        "No data to report: no subject met the criteria for this display. "
        "Criterion: Full analysis set; PARAMCD in SUMDIAM, LDIAM; AVISITN ≤ 3."
    )


def test_input_is_not_changed() -> None:
    before = ADTR.copy()
    listing()
    pd.testing.assert_frame_equal(ADTR, before)


def test_a_date_kept_as_collected_has_its_study_day_and_a_word_has_none() -> None:
    plan = PLAN.replace("{variable: NOTE, label: Remark}", "{variable: NOTE, label: Start (day), day: ADY}")
    days = ADTR.assign(NOTE=pd.Series(["2020-03", "Ongoing", "2019", None, None, "2020", None, None], dtype="string"))
    # in the order of the listing: rows 3, 2 and 1; the last has no study day
    assert [row[-1] for row in listing(days, plan).rows] == ["2019 (-1)", "Ongoing", "2020-03"]


def test_codes_read_as_the_words_of_the_plan() -> None:
    plan = plan_of(
        PLAN.replace("NOTE, label: Remark}", "NOTE, label: Remark, words: {NEW_LESION: new lesion, NE: not evaluable}}")
    )
    frame = ADTR.assign(NOTE="NEW_LESION; NE; text of its own")
    found = records(plan, "l-1", {"adsl": ADSL, "adtr": frame}, study_view(records))
    # each part between semicolons; what has no words stays
    assert found.rows[0][-1] == "new lesion; not evaluable; text of its own"


def test_every_reason_of_a_response_has_words_in_the_listing() -> None:
    rules = Path(__file__).parents[2] / "crf2csr/derive/rules"
    modules = ("recist", "overall", "visits")
    sources = [(rules / f"{name}.py").read_text(encoding="utf-8") for name in modules]
    codes = {code for source in sources for code in re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', source)}
    columns = load_plan("nct03709082").file.displays["l-16-2-6-4"].list_columns
    words = next(column.words for column in columns if column.variable == "REASON")
    assert {"REAPPEAR_AFTER_CR", "NEW_LESION", "EQUIVOCAL_CONFIRMED"} <= codes
    assert codes - set(words) == set()
