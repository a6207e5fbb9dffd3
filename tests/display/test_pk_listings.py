"""Listings 16.2.5.4 and 16.2.5.5 as planned, from literal datasets: order, digits, flags in words, empty."""

import pandas as pd
import pytest

from crf2csr.contracts import load_contract
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.listings.records import records
from crf2csr.display.model import Listing
from crf2csr.plan_checks import load_plan
from tests.builders import study_view
from tests.plans import typed

PLAN = load_plan("nct03709082")
ADSL = typed(
    """
    USUBJID | PKFL
    A       | Y
    B       | Y
    C       | N
    """
)
ADPC = typed(
    """
    USUBJID | SUBJID | AVISIT | AVISITN | NRRLT | ARRLT | TIMEDEV | PCORRES | AVAL    | ALLOQ | BLQFL | REMARK
    B       | 02-001 | C1D1   | 1       | 0     | -0.5  | -30     | <1.00   | 0       | 1     | Y     |
    A       | 01-001 | C1D15  | 1.15    | 0     | -0.1  | -4      | 83.45   | 83.45   | 1     |       | Dose missed
    A       | 01-001 | C1D1   | 1       | 8     | 8.9   | 54      | 1234.5  | 1234.5  | 1     |       | Outside
    A       | 01-001 | C1D1   | 1       | 2     |       |         | NR      |         |       |       | No result
    C       | 03-001 | C1D1   | 1       | 2     | 2     | 0       | 5       | 5       | 1     |       |
    """,
    **dict.fromkeys(("AVISITN", "NRRLT", "ARRLT", "AVAL", "ALLOQ"), "Float64"),
    TIMEDEV="Int64",
)
ADPP = typed(
    """
    USUBJID | SUBJID | AVISIT | PARAMN | PARAM       | AVAL   | BLQFL | PPSTAT   | FLAG         | PKSUMXRS
    A       | 01-001 | C1D15  | 2      | Trough      | 0      | Y     |          |              |
    A       | 01-001 | C1D1   | 5      | AUC         | 126.19 |       |          | AUC_TO_LAST  |
    A       | 01-001 | C1D1   | 1      | Cmax        | 22.3   |       |          | TMAX_AT_LAST |
    A       | 01-001 | C1D1   | 9      | Half-life   |        |       | NOT DONE |              | Tmax last
    """,
    AVAL="Float64",
    PARAMN="Int64",
)


def listed(display: str, data: pd.DataFrame, *shown: str) -> tuple[Listing, list[tuple[str, ...]]]:
    """Return a planned listing and the columns of these variables; what a frame does not name is missing."""
    name = PLAN.file.displays[display].data[0]
    contract = load_contract("derive", name)
    dates = {v.name for v in contract.variables if v.type == "date"}
    more = {n: pd.Series(pd.NaT if n in dates else pd.NA, data.index) for n in contract.names if n not in data}
    typed_dates = {n: values.astype("datetime64[ns]" if n in dates else "string") for n, values in more.items()}
    listing = records(PLAN, display, {"adsl": ADSL, name: data.assign(**typed_dates)}, study_view(records))
    places = [[column.id for column in listing.columns].index(variable) for variable in shown]
    assert [*check_bodies(listing), *check_texts(listing)] == []
    return listing, [tuple(row[place] for place in places) for row in listing.rows]


def test_concentrations_by_subject_visit_and_nominal_time() -> None:
    _, found = listed("l-16-2-5-4", ADPC, "SUBJID", "AVISIT", "NRRLT", "ARRLT", "TIMEDEV", "PCORRES", "AVAL", "REMARK")
    assert found == [
        ("01-001", "C1D1", "2", "", "", "NR", "", "No result"),
        ("01-001", "C1D1", "8", "8.90", "54", "1234.5", "1230", "Outside"),
        ("01-001", "C1D15", "0", "-0.10", "-4", "83.45", "83.5", "Dose missed"),
        ("02-001", "C1D1", "0", "-0.50", "-30", "<1.00", "0", ""),
    ]


def test_parameters_by_visit_then_number_with_flags_in_words() -> None:
    _, found = listed("l-16-2-5-5", ADPP, "AVISIT", "PARAM", "AVAL", "BLQFL", "PPSTAT", "FLAG", "PKSUMXRS")
    assert found == [
        ("C1D1", "Cmax", "22.3", "", "", "Tmax at last", ""),
        ("C1D1", "AUC", "126", "", "", "Area to last", ""),
        ("C1D1", "Half-life", "", "", "NOT DONE", "", "Tmax last"),
        ("C1D15", "Trough", "0", "Y", "", "", ""),
    ]


@pytest.mark.parametrize(("display", "data"), [("l-16-2-5-4", ADPC), ("l-16-2-5-5", ADPP)])
def test_nothing_to_list_says_so(display: str, data: pd.DataFrame) -> None:
    for empty in (data.iloc[:0], data.loc[data["USUBJID"].eq("C")]):
        listing, found = listed(display, empty)
        assert found == []
        assert listing.empty == (
            "No data to report: no subject met the criteria for this display. Criterion: Pharmacokinetic set."
        )
