"""ADEG from literal records of heart: QTcF, ejection fraction, criteria, queries, links."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from crf2csr.contracts import load_contract
from crf2csr.derive.adeg import adeg
from crf2csr.derive.rules.heart import compute_qtcf
from tests.builders import conforming, domain, rows, study_view

FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.length == 1}
#: First dose 2019-03-15, on treatment to 2019-06-30; the second subject was never treated.
PEOPLE = """
    USUBJID | TRT01A | TRT01AN | TRTSDT     | ONTRTEDT
    01-001  | 75 mg  | 75      | 2019-03-15 | 2019-06-30
    01-002  |        |         |            |
    """
EG = "USUBJID|EGTESTCD|VISIT|VISITNUM|EGDTC|EGORRES|EGSTRESN|EGMETHOD\n"
CV = "USUBJID|CVTESTCD|VISIT|VISITNUM|CVDTC|CVORRES|CVSTRESN|CVMETHOD\n"
NUMBERS = {"SCREENING": "0", "C1D1": "1", "C1D15": "1.15", "C2D1": "2", "C5D1": "5", "C9D1": "9", "EOT": "900", "": ""}


def record(test, visit, day, number, subject="01-001", method=""):
    return f"{subject}|{test}|{visit}|{NUMBERS[visit]}|{day}|{number}|{number}|{method}"


def ecg(visit, day, qt="", rr="1000", recorded="", subject="01-001"):
    """Return the records of an electrocardiogram; with RR 1000 ms QTcF is QT."""
    given = {"QT": qt, "RR": rr, "QTCF": recorded}
    return [record(test, visit, day, number, subject) for test, number in given.items() if number]


def lvef(visit, day, number, method="ECHOCARDIOGRAM", subject="01-001"):
    return record("LVEF", visit, day, number, subject, method)


def derived(eg=(), cv=(), **keys):
    adsl = conforming("derive", "adsl", PEOPLE, **FLAGS)
    return adeg(adsl, domain("eg", EG + "\n".join(eg)), domain("cv", CV + "\n".join(cv)), study_view(adeg, **keys))


def picked(data, parameter, visit, *columns):
    return rows(data[data["PARAMCD"].eq(parameter) & data["AVISIT"].eq(visit)], *columns)


def flags(data, *codes):
    """Return AVALC of the rows of criteria; `-` for a criterion without a row."""
    known = dict(rows(data[data["PARAMCD"].isin(codes)], "PARAMCD", "AVALC"))
    return "".join(known.get(code, "-") for code in codes)


QTCF_CODES = ("QTC450", "QTC480", "QTC500", "QTCUP30", "QTCUP60")
LVEF_CODES = ("LVEF50", "LVEF40", "LVEFF10", "LVEF50F", "LVEF45F")


@pytest.mark.parametrize(
    ("qt", "rr", "qtcf"),
    [
        ("400", "1000", "400"),  # the cube root of 1 s is 1
        ("400", "512", "500"),  # 0.8 x 0.8 x 0.8 = 0.512; 400 / 0.8 = 500
        ("420", "729", "466.666666666666666666666666666667"),  # 0.9 x 0.9 x 0.9 = 0.729; 420 / 0.9
    ],
)
def test_qtcf_is_exact_where_the_root_is(qt, rr, qtcf):
    assert compute_qtcf(Decimal(qt), Decimal(rr)) == Decimal(qtcf)


def test_qtcf_to_the_cube_is_qt_to_the_cube_over_rr():
    # QT 409 ms, RR 816 ms: QTcF^3 x 0.816 = 409^3 = 68417929.
    assert abs(compute_qtcf(Decimal(409), Decimal(816)) ** 3 * Decimal("0.816") - 68417929) < Decimal("1e-15")


def test_an_rr_of_zero_has_no_qtcf():
    with pytest.raises(ValueError, match="RR of 0 ms"):
        compute_qtcf(Decimal(400), Decimal(0))
    data = derived(ecg("C2D1", "2019-04-05", "400", "0")).data
    assert picked(data, "QTCF", "C2D1", "AVAL") == []


def test_qtcf_has_baseline_change_and_the_highest_on_treatment():
    data = derived(
        ecg("SCREENING", "2019-03-01", "400")
        + ecg("C1D1", "2019-03-15", "410", recorded="410")
        + ecg("C1D15", "2019-03-29", "400", "512")
        + ecg("C2D1", "2019-04-05", "430")
        + ecg("EOT", "2019-07-10", "600")
    ).data
    own = data[data["PARAMCD"].eq("QTCF")]
    assert rows(own, "AVISIT", "AVALC", "BASE", "CHG", "ABLFL", "ONTRTFL", "AVALSRC") == [
        ("C1D1", "410.0", "410.0", "", "Y", "", "COMPUTED"),
        ("C1D15", "500.0", "410.0", "90.0", "", "Y", "COMPUTED"),
        ("C2D1", "430.0", "410.0", "20.0", "", "Y", "COMPUTED"),
        ("EOT", "600.0", "410.0", "190.0", "", "", "COMPUTED"),
        ("SCREENING", "400.0", "410.0", "", "", "", "COMPUTED"),
        ("WORST", "500.0", "410.0", "90.0", "", "Y", "COMPUTED"),
    ]
    # 500 is not above 500; 600 lies after the window.
    assert flags(data, *QTCF_CODES) == "YYNYY"


@pytest.mark.parametrize(
    ("qt", "rr", "found"),
    [
        ("450", "1000", "NNNYN"),
        ("450.1", "1000", "YNNYN"),
        ("430", "1000", "NNNNN"),  # 30 above 400 is no more than 30
        ("480", "1000", "YNNYY"),
        ("360", "512", "NNNYN"),  # 360 / 0.8 = 450
        ("384", "512", "YNNYY"),  # 384 / 0.8 = 480
        ("460", "1000", "YNNYN"),  # 60 above 400 is no more than 60
    ],
)
def test_limits_of_qtcf_compare_exactly(qt, rr, found):
    data = derived(ecg("SCREENING", "2019-03-01", "400") + ecg("C2D1", "2019-04-05", qt, rr)).data
    assert flags(data, *QTCF_CODES) == found


def test_without_baseline_there_is_no_increase_and_nobody_to_count():
    data = derived(ecg("C2D1", "2019-04-05", "490")).data
    assert picked(data, "QTCF", "WORST", "AVALC", "BASE", "CHG") == [("490.0", "", "")]
    assert flags(data, *QTCF_CODES) == "YYN--"


def test_without_a_value_on_treatment_nobody_is_evaluable():
    data = derived(ecg("SCREENING", "2019-03-01", "490") + ecg("EOT", "2019-07-10", "490")).data
    assert flags(data, *QTCF_CODES) == "-----"
    assert picked(data, "QTCF", "WORST", "AVALC") == []


def test_a_missing_part_leaves_the_recorded_qtcf():
    data = derived(
        ecg("C1D15", "2019-03-29", "400", "", "451")
        + ecg("C2D1", "2019-04-05", "", "900", "440")
        + ecg("EOT", "2019-05-05", "400", "")
    ).data
    assert picked(data, "QTCF", "C1D15", "AVALC", "AVALSRC", "ONTRTFL") == [("451.0", "RECORDED", "Y")]
    assert picked(data, "QTCF", "C2D1", "AVALC", "AVALSRC") == [("440.0", "RECORDED")]
    assert picked(data, "QTCF", "EOT", "AVALC") == []
    assert flags(data, "QTC450") == "Y"


def test_qt_and_rr_of_two_days_are_not_one_examination():
    records = [*ecg("C2D1", "2019-04-05", "400", "", "420"), record("RR", "C2D1", "2019-04-06", "900")]
    data = derived(records).data
    assert picked(data, "QTCF", "C2D1", "AVALC", "AVALSRC", "EGDTC") == [("420.0", "RECORDED", "2019-04-05")]


def test_two_examinations_of_a_day_are_two_visits_and_the_later_visit_is_the_baseline():
    data = derived(ecg("SCREENING", "2019-03-10", "400") + ecg("C1D1", "2019-03-10", "410")).data
    assert rows(data[data["ABLFL"].eq("Y") & data["PARAMCD"].eq("QTCF")], "AVISIT") == [("C1D1",)]


def test_a_partial_date_is_on_treatment_only_if_every_day_that_it_can_mean_is():
    # April lies within; March may be before the first dose, and then it is no baseline of a planned visit either.
    data = derived(ecg("C2D1", "2019-04", "460") + ecg("C1D15", "2019-03", "490")).data
    assert picked(data, "QTCF", "C2D1", "EGDTC", "ADT", "ONTRTFL") == [("2019-04", "", "Y")]
    assert picked(data, "QTCF", "C1D15", "ONTRTFL", "ABLFL") == [("", "")]
    assert flags(data, "QTC450", "QTC480") == "YN"


def test_a_recorded_qtcf_far_from_qt_and_rr_is_asked_about_and_not_used():
    found = derived(
        ecg("C1D15", "2019-03-29", "400", "512", "489")  # 500 - 489 = 11
        + ecg("C2D1", "2019-04-05", "400", "512", "490")  # 10: within
    )
    assert rows(found.queries, "rule", "severity", "form", "field", "value") == [
        ("Q-813", "W", "card", "cdorres", "489")
    ]
    assert "500.0" in found.queries["message"][0]
    assert picked(found.data, "QTCF", "C1D15", "AVALC") == [("500.0",)]
    assert picked(found.data, "QTCFR", "C1D15", "AVALC") == [("489",)]


BASE_LVEF = lvef("SCREENING", "2019-03-01", "60")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["50"], "NNYNN"),  # 50 is not below 50; 60 - 50 = 10
        (["50.1"], "NNNNN"),  # a fall of 9.9: 60 - 50.1 in binary floats is 9.899999999999999
        (["49.9"], "YNYYN"),
        (["45"], "YNYYY"),
        (["40"], "YNYYY"),
        (["39.9"], "YYYYN"),
        (["42", "39"], "YYYYY"),  # 42 meets the range although 39 is the lowest
        (["61"], "NNNNN"),
    ],
)
def test_limits_of_the_ejection_fraction_compare_exactly(values, found):
    visits = [("C5D1", "2019-05-01"), ("C9D1", "2019-06-01")]
    cv = [lvef(visit, day, number) for (visit, day), number in zip(visits, values, strict=False)]
    assert flags(derived(cv=[BASE_LVEF, *cv]).data, *LVEF_CODES) == found


def test_fall_and_limit_are_met_by_one_examination():
    # Baseline 48: 47 is below 50 with a fall of 1; 55 never fell.
    data = derived(cv=[lvef("SCREENING", "2019-03-01", "48"), lvef("C5D1", "2019-05-01", "47")]).data
    assert flags(data, *LVEF_CODES) == "YNNNN"


def test_the_lowest_ejection_fraction_and_a_fall_need_their_values():
    data = derived(cv=[lvef("C5D1", "2019-05-01", "45"), lvef("C9D1", "2019-06-01", "44")]).data
    assert picked(data, "LVEF", "WORST", "AVAL", "CHG") == [("44.0", "")]
    assert flags(data, *LVEF_CODES) == "YN---"


def test_another_method_than_at_baseline_is_marked_and_counted():
    data = derived(cv=[BASE_LVEF, lvef("C5D1", "2019-05-01", "45", "MUGA"), lvef("C9D1", "2019-06-01", "50", "")]).data
    assert picked(data, "LVEF", "C5D1", "METHOD", "METHFL") == [("MUGA", "Y")]
    assert picked(data, "LVEF", "C9D1", "METHFL") == [("",)]
    assert picked(data, "LVEF", "SCREENING", "METHFL") == [("",)]
    assert flags(data, "LVEF45F") == "Y"


def test_records_after_the_cutoff_are_left_out_with_a_query():
    cutoff = pd.Timestamp("2019-04-30").date()
    found = derived(ecg("C2D1", "2019-05-01", "400"), [BASE_LVEF, lvef("C5D1", "2019-05-01", "45")], data_cutoff=cutoff)
    assert rows(found.queries, "rule", "form") == [("Q-1101", "card")] * 3
    assert rows(found.data, "PARAMCD", "AVISIT") == [("LVEF", "SCREENING")]


def test_links_lead_from_a_criterion_to_qt_and_rr():
    links = derived(ecg("SCREENING", "2019-03-01", "400") + ecg("C2D1", "2019-04-05", "490")).links
    name = "NCT03709082-01-001"

    def behind(row):
        return rows(links[links["row"].eq(f"{name}|{row}")], "variable", "source", "source_row")

    assert behind("QTC450|WORST") == [("AVALC", "adeg", f"{name}|QTCF|C2D1")]
    assert behind("QTC500|WORST") == [("AVALC", "adeg", f"{name}|QTCF|C2D1")]
    assert behind("QTCF|WORST") == [
        ("AVAL", "adeg", f"{name}|QTCF|C2D1"),
        ("BASE", "adeg", f"{name}|QTCF|SCREENING"),
    ]
    assert behind("QTCF|C2D1") == [
        ("AVAL", "adeg", f"{name}|QT|C2D1"),
        ("AVAL", "adeg", f"{name}|RR|C2D1"),
        ("BASE", "adeg", f"{name}|QTCF|SCREENING"),
        ("ONTRTFL", "adsl", name),
    ]
    assert behind("QT|C2D1")[0] == ("", "eg", f"{name}|C2D1|QT")


def test_nobody_a_subject_without_treatment_and_a_record_without_visit():
    assert derived().data.empty
    data = derived(ecg("C2D1", "2019-04-05", "490", subject="01-002")).data
    assert picked(data, "QTCF", "C2D1", "AVALC", "ONTRTFL", "ABLFL") == [("490.0", "", "")]
    assert flags(data, *QTCF_CODES) == "-----"
    data = derived(ecg("", "2019-04-05", "490")).data
    assert picked(data, "QTCF", "UNKNOWN", "AVALC", "ONTRTFL") == [("490.0", "Y")]


def test_the_order_of_records_changes_nothing():
    eg = ecg("SCREENING", "2019-03-01", "400") + ecg("C2D1", "2019-04-05", "490", "900", "480")
    cv = [BASE_LVEF, lvef("C5D1", "2019-05-01", "45"), lvef("C9D1", "2019-06-01", "45")]
    forth, back = derived(eg, cv), derived(eg[::-1], cv[::-1])
    pd.testing.assert_frame_equal(forth.data, back.data)
    pd.testing.assert_frame_equal(forth.links, back.links)
