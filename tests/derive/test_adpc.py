"""ADPC and ADPP from literal domains; each number by hand."""

from functools import cache

import pandas as pd

from crf2csr.contracts import load_contract
from crf2csr.derive.adpc import adpc
from crf2csr.derive.adpp import adpp
from crf2csr.results import Derived
from tests.builders import conforming, domain, rows, study_view

FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.name.endswith("FL")}
ADSL = conforming(
    "derive",
    "adsl",
    """
    USUBJID | TRT01P | TRT01PN | TRT01AN | PKFL
    01-001  | 75 mg  | 75      | 75      | Y
    01-002  | 125 mg | 125     | 100     | Y
    01-003  | 75 mg  | 75      |         | N
    """,
    **FLAGS,
).assign(TRTSDT=pd.Timestamp("2020-01-06"), PALSDT=pd.Timestamp("2020-01-06"))

# 01-001: 2 h late by 11 min; 8 h at 7.75 h; a trough after a missed dose. 01-002: value before the dose of 2.1 of 40,
# no 8 h record; a record after the cutoff. 01-003: nothing but BLQ.
PC = """
USUBJID | VISIT | VISITNUM |PCTPTNUM| PCDTC           | PCRFTDTC         | PCPRVDTC         |MISSED7 | PCORRES |PCSTRESC
01-001  | C1D1  | 1        | 0      | 2020-01-06T07:40 | 2020-01-06T08:00 |                  |         | <1.00   | BLQ
01-001  | C1D1  | 1        | 2      | 2020-01-06T10:11 | 2020-01-06T08:00 |                  |         | 20      | 20
01-001  | C1D1  | 1        | 4      | 2020-01-06T12:00 | 2020-01-06T08:00 |                  |         | 30,5    | 30.5
01-001  | C1D1  | 1        | 8      | 2020-01-06T15:45 | 2020-01-06T08:00 |                  |         | 41.0    | 41.0
01-001  | C1D15 | 1.15     | 0      | 2020-01-20T07:55 | 2020-01-20T08:00 | 2020-01-19T08:05 | 1       | 70.5    | 70.5
01-002  | C1D1  | 1        | 0      | 2020-01-06T07:40 | 2020-01-06T08:00 |                  |         | 2.1     | 2.1
01-002  | C1D1  | 1        | 2      | 2020-01-06T10:00 | 2020-01-06T08:00 |                  |         | 40      | 40
01-002  | C1D1  | 1        | 4      | 2020-01-06T12:00 | 2020-01-06T08:00 |                  |         | BLQ     | BLQ
01-002  | C1D15 | 1.15     | 0      | 2023-07-01T07:55 | 2023-07-01T08:00 | 2023-06-30T08:05 | 0       | 60      | 60
01-003  | C1D1  | 1        | 2      | 2020-01-06T10:00 | 2020-01-06T08:00 |                  |         | BLQ     | BLQ
"""


def records() -> pd.DataFrame:
    """The table above as PC, with what every record has."""
    [head, *lines] = PC.strip().splitlines()
    body = [f"{line} | PALBOCICLIB | 1 | P{place}" for place, line in enumerate(lines)]
    return domain("pc", "\n".join([f"{head} | PCTESTCD | PCLLOQ | PCSPID", *body]))


@cache
def derived() -> tuple[Derived, Derived]:
    first = adpc(ADSL, records(), study_view(adpc))
    return first, adpp(ADSL, first.data, study_view(adpp))


def test_one_row_a_planned_sample() -> None:
    data = derived()[0].data
    assert rows(data, "SUBJID", "AVISIT", "NRRLT", "ATM", "TIMEDEV", "NCAMIN", "AVALC", "AVAL") == [
        ("01-001", "C1D1", "0.0", "07:40", "-20", "0", "BLQ", "0.0"),
        ("01-001", "C1D1", "2.0", "10:11", "11", "131", "20", "20.0"),
        ("01-001", "C1D1", "4.0", "12:00", "0", "240", "30.5", "30.5"),
        ("01-001", "C1D1", "8.0", "15:45", "-15", "465", "41.0", "41.0"),
        ("01-001", "C1D15", "0.0", "07:55", "-10", "-5", "70.5", "70.5"),
        ("01-002", "C1D1", "0.0", "07:40", "-20", "0", "2.1", "2.1"),
        ("01-002", "C1D1", "2.0", "10:00", "0", "120", "40", "40.0"),
        ("01-002", "C1D1", "4.0", "12:00", "0", "240", "BLQ", ""),  # after the last quantifiable value: missing
        ("01-002", "C1D1", "8.0", "", "", "480", "", ""),  # no record
        ("01-003", "C1D1", "0.0", "", "", "0", "", "0.0"),  # before the first dose: 0 for areas
        ("01-003", "C1D1", "2.0", "10:00", "0", "120", "BLQ", "0.0"),
        ("01-003", "C1D1", "4.0", "", "", "240", "", ""),
        ("01-003", "C1D1", "8.0", "", "", "480", "", ""),
    ]


def test_flags_and_reasons() -> None:
    data = derived()[0].data
    marked = data[data["REMARK"].notna()]
    assert rows(marked, "SUBJID", "AVISIT", "NRRLT", "NCAXFL", "PKSUMXF", "EXREASCD", "DTYPE", "REMARK") == [
        ("01-001", "C1D1", "2.0", "", "Y", "OUT_OF_WINDOW", "", "Outside the sampling window"),
        ("01-001", "C1D15", "0.0", "", "Y", "DOSE_NOT_TAKEN", "", "Dose not taken as planned"),
        ("01-002", "C1D1", "0.0", "", "", "", "", "Value before the first dose too high"),
        ("01-002", "C1D1", "8.0", "", "", "", "", "No record"),
        ("01-003", "C1D1", "0.0", "", "Y", "NO_PREDOSE", "PREDOSE ZERO", "No record; No sample before the dose"),
        ("01-003", "C1D1", "4.0", "", "", "", "", "No record"),
        ("01-003", "C1D1", "8.0", "", "", "", "", "No record"),
    ]
    assert rows(data[data["WINFL"].eq("Y")], "SUBJID", "NRRLT") == [("01-001", "2.0")]


def test_value_before_the_first_dose_is_queried_above_five_percent() -> None:
    # 2.1 of 40 is 5.25 %
    assert rows(derived()[0].queries, "rule", "severity", "subject", "field", "value") == [
        ("Q-1006", "W", "01-002", "conc", "2.1")
    ]


def test_each_row_with_a_record_leads_to_it() -> None:
    links = derived()[0].links
    assert len(links) == 9  # ten records, one after the cutoff
    one = links[links["row"].eq("NCT03709082-01-001|C1D1|8")]
    assert rows(one, "source", "source_row", "variable") == [("pc", "NCT03709082-01-001|PALBOCICLIB|C1D1|8", "")]


def test_parameters() -> None:
    data = derived()[1].data
    chosen = data[data["PARAMCD"].isin(["CMAX", "TMAX", "CMAXD", "CTROUGH", "AUCINT", "LAMZHL"])]
    found = rows(
        chosen.sort_values(["SUBJID", "PARAMN"]), "SUBJID", "PARAMCD", "AVISIT", "AVALC", "PPREASND", "EXREASCD"
    )
    assert found == [
        ("01-001", "CMAX", "C1D1", "41", "", ""),
        ("01-001", "TMAX", "C1D1", "7.75", "", ""),
        # 20 * 131/60 / 2 + 50.5 * 109/60 / 2 + 71.5 * 225/60 / 2 = 21.833.. + 45.870.. + 134.0625
        ("01-001", "AUCINT", "C1D1", "201.7666667", "", ""),
        ("01-001", "CTROUGH", "C1D15", "70.5", "", "DOSE_NOT_TAKEN"),
        ("01-001", "CMAXD", "C1D1", "0.5466666667", "", ""),  # 41 / 75
        ("01-001", "LAMZHL", "C1D1", "NOT DONE", "TMAX_AT_LAST", "TMAX_AT_LAST"),
        ("01-002", "CMAX", "C1D1", "40", "", "PREDOSE_GT5"),
        ("01-002", "TMAX", "C1D1", "2", "", ""),
        ("01-002", "AUCINT", "C1D1", "NOT DONE", "TOO_FEW_POINTS", "TOO_FEW_POINTS"),
        ("01-002", "CTROUGH", "C1D15", "NOT DONE", "MISSING_ALL", "MISSING_ALL"),
        ("01-002", "CMAXD", "C1D1", "0.4", "", "PREDOSE_GT5"),  # over the dose taken, 100 mg
        ("01-002", "LAMZHL", "C1D1", "NOT DONE", "TOO_FEW_POINTS", "TOO_FEW_POINTS"),
        ("01-003", "CMAX", "C1D1", "BLQ", "", "TOO_FEW_POINTS"),  # one sample of the two that are needed
        ("01-003", "TMAX", "C1D1", "NOT DONE", "BLQ_ALL", "BLQ_ALL"),
        ("01-003", "AUCINT", "C1D1", "NOT DONE", "BLQ_ALL", "BLQ_ALL"),
        ("01-003", "CTROUGH", "C1D15", "NOT DONE", "MISSING_ALL", "MISSING_ALL"),
        ("01-003", "CMAXD", "C1D1", "NOT DONE", "DOSE_NOT_TAKEN", "DOSE_NOT_TAKEN"),
        ("01-003", "LAMZHL", "C1D1", "NOT DONE", "BLQ_ALL", "BLQ_ALL"),
    ]


def test_a_profile_with_its_peak_at_the_last_sample_is_flagged_on_every_row() -> None:
    flagged = derived()[1].data[derived()[1].data["TMAXLFL"].eq("Y").fillna(False)]
    # 01-001 alone: 41.0 is the 8 h sample
    assert set(rows(flagged, "SUBJID", "AVISIT")) == {("01-001", "C1D1")}
    assert len(flagged) == 10


def summarized(**values: object) -> set[tuple[str, ...]]:
    """Subject and parameter of the profile values that are summarized under other settings."""
    found = adpp(ADSL, derived()[0].data, study_view(adpp, **values)).data
    kept = found[found["PKSUMXF"].isna() & found["PARAMCD"].isin(["CMAX", "CMAXD", "AUCLST", "TMAX"])]
    return set(rows(kept, "SUBJID", "PARAMCD"))


def test_settings_of_the_sensitivities() -> None:
    first = {("01-001", code) for code in ("CMAX", "CMAXD", "AUCLST", "TMAX")}
    assert summarized() == first | {("01-002", "TMAX")}
    # the profile with 5.25 % before the dose kept: AUCLST of 01-002 too
    assert summarized(pk_predose_exclude=False) == first | {("01-002", code) for _, code in first}
    values = {
        rule: rows(adpc(ADSL, records(), study_view(adpc, pk_blq_rule=rule)).data, "SUBJID", "NRRLT", "AVAL")[7]
        for rule in ("zero_then_missing", "all_zero", "half_lloq_after")
    }
    # BLQ 4 h after the dose and after the peak, LLOQ 1
    assert values == {
        "zero_then_missing": ("01-002", "4.0", ""),
        "all_zero": ("01-002", "4.0", "0.0"),
        "half_lloq_after": ("01-002", "4.0", "0.5"),
    }


def test_each_parameter_has_a_value_or_one_reason() -> None:
    data = derived()[1].data
    assert len(data) == 3 * 12
    assert (data["AVAL"].isna() == data["PPREASND"].notna()).all()
    assert (data["PPSTAT"].eq("NOT DONE").fillna(False) == data["PPREASND"].notna()).all()


def test_parameters_lead_to_their_samples() -> None:
    links = derived()[1].links
    peak = links[links["row"].eq("NCT03709082-01-001|CMAX|C1D1")]
    assert rows(peak, "source", "source_row") == [("adpc", "NCT03709082-01-001|C1D1|8")]
    assert (links["row"].eq("NCT03709082-01-001|AUCINT|C1D1")).sum() == 4


def test_no_samples_no_rows() -> None:
    empty = adpc(ADSL, domain("pc"), study_view(adpc))
    assert (len(empty.data), len(empty.queries), len(empty.links)) == (0, 0, 0)
    none = adpp(ADSL, empty.data, study_view(adpp))
    assert (len(none.data), len(none.links)) == (0, 0)
    assert list(none.data.dtypes.astype(str))[:2] == ["string", "string"]


def test_row_order_does_not_matter() -> None:
    turned = records().iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(adpc(ADSL, turned, study_view(adpc)).data, derived()[0].data)
