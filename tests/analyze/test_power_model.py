"""Power model by column: literal ADSL and ADPP in, results and members out, worked by hand (R-1314)."""

import math

import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from crf2csr.analyze.power_model import FIT, power_model
from crf2csr.ard import Analysis, Result
from crf2csr.display.invariants import check_members, check_nested
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.statistics import Style
from crf2csr.display.words import legal_words
from crf2csr.errors import InputError
from crf2csr.plan import SHOWN, RowSpec
from crf2csr.study_keys import KEYS
from tests.builders import loaded_study, study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {pk: {label: PK set, flag: PKFL}}
columns:
  c: [{id: doses, label: All dose levels}]
analyses:
  dose:
    method: power_model
    data: adpp
    populations: [pk]
    columns: c
    variables:
      - {name: AVAL, as: CMAX, where: [{variable: PARAMCD, op: eq, value: CMAX}, {variable: PKSUMXF, op: missing}]}
      - {name: AVAL, as: AUC, where: [{variable: PARAMCD, op: eq, value: AUCINT}, {variable: PKSUMXF, op: missing}]}
""")
ADSL = typed(
    """
    USUBJID | PKFL
    A       | Y
    B       | Y
    C       | Y
    D       | Y
    E       | Y
    F       | N
    """
)
# Cmax of A and C is 10 and 40, of B 20: doses 75, 150, 75. D is left out, E has no dose, F is outside of the set.
ADPP = typed(
    """
    USUBJID | PARAMCD | AVISIT | TRT01AN | AVAL | PKSUMXF
    A       | CMAX    | C1D1   | 75      | 10   |
    B       | CMAX    | C1D1   | 75      | 20   |
    C       | CMAX    | C1D1   | 150     | 40   |
    D       | CMAX    | C1D1   | 150     | 999  | Y
    E       | CMAX    | C1D1   |         | 30   |
    F       | CMAX    | C1D1   | 150     | 50   |
    A       | AUCINT  | C1D1   | 75      | 100  |
    B       | AUCINT  | C1D1   | 75      |      |
    C       | AUCINT  | C1D1   | 150     | 300  |
    """,
    TRT01AN="Int64",
    AVAL="Float64",
)


def run(adpp: pd.DataFrame = ADPP) -> Analysis:
    return power_model(ADSL, adpp, PLAN.analyses["dose-pk"], study_view(power_model))


def said(found: Analysis, variable: str, category: str = "") -> dict[str, object]:
    chosen = [r for r in found.results if (r.variable, r.category) == (variable, category)]
    return {r.statistic: r.text if r.value is None else r.value for r in chosen}


def shown(found: Analysis, variable: str) -> dict[str, str]:
    """The cells of a variable, as the table shows them."""
    chosen: dict[str, Result] = {r.statistic: r for r in found.results if (r.variable, r.category) == (variable, "")}
    return {show: CELLS[show](chosen, RowSpec(show=show), Style("bare", 3)).text for show in SHOWN["power_model"]}


def test_slope_of_two_levels() -> None:
    found = said(run(), "CMAX")
    # ln values at 75: ln 10, ln 20, mean ln sqrt(200); at 150: ln 40. Slope = ln(40 / sqrt(200)) / ln 2 = 1.5.
    # Residuals -+ln(2)/2: residual sum (ln 2)^2 / 2 with 1 df; sum of squares of ln dose: (ln 2)^2 * 2/3.
    # se = sqrt((1/2) / (2/3)) = sqrt(3)/2; t 0.95 with 1 df = tan(0.45 pi) = 6.313752
    half = math.tan(0.45 * math.pi) * math.sqrt(3) / 2
    assert found["slope"] == pytest.approx(1.5)
    assert (found["lower"], found["upper"]) == pytest.approx((1.5 - half, 1.5 + half))
    # r = 2: 1 + ln 0.8 / ln 2 and 1 + ln 1.25 / ln 2
    assert (found["limit_low"], found["limit_high"]) == pytest.approx((0.678072, 1.321928), abs=1e-6)
    assert (found["n"], found["N"], found["levels"], found["df"]) == (3, 5, 2, 1)
    assert found["word"] == "inconclusive, 2 levels only"
    assert shown(run(), "CMAX") == {
        "n": "3",
        "levels": "2",
        "slope_interval": "1.500 (-3.968, 6.968)",
        "limits": "(0.678, 1.322)",
        "word": "inconclusive, 2 levels only",
    }


def test_counts_and_geometric_means_of_each_level() -> None:
    # the line of two levels goes through their geometric means; se of the line at 150, the only value there, is the
    # residual SD (ln 2 / sqrt 2, 1 df), at 75 that over sqrt 2
    wide, narrow = (math.tan(0.45 * math.pi) * math.log(2) / root for root in (math.sqrt(2), 2))
    assert said(run(), "CMAX", "75") == {
        "n": 2,
        "geo_mean": pytest.approx(math.sqrt(200)),
        "fit": pytest.approx(math.sqrt(200)),
        "fit_lower": pytest.approx(math.sqrt(200) * math.exp(-narrow)),
        "fit_upper": pytest.approx(math.sqrt(200) * math.exp(narrow)),
    }
    assert said(run(), "CMAX", "150") == {
        "n": 1,
        "geo_mean": pytest.approx(40),
        "fit": pytest.approx(40),
        "fit_lower": pytest.approx(40 * math.exp(-wide)),
        "fit_upper": pytest.approx(40 * math.exp(wide)),
    }
    assert said(run(), "AUC", "75") == {"n": 1, "geo_mean": pytest.approx(100), **dict.fromkeys(FIT, "NE")}


def test_too_few_values_are_not_estimable() -> None:
    assert shown(run(), "AUC") == {
        "n": "2",
        "levels": "2",
        "slope_interval": "NE",
        "limits": "(0.678, 1.322)",
        "word": "not estimable: fewer than 3 values",
    }


def test_one_level_a_zero_and_nobody() -> None:
    one = run(ADPP.assign(TRT01AN=ADPP["TRT01AN"].where(ADPP["TRT01AN"].isna(), 75)))
    assert shown(one, "CMAX") == {
        "n": "3",
        "levels": "1",
        "slope_interval": "NE",
        "limits": "NE",
        "word": "not estimable: 1 dose level",
    }
    assert shown(run(ADPP.assign(AVAL=ADPP["AVAL"].replace(10, 0))), "CMAX")["word"] == (
        "not estimable: value of 0 or BLQ"
    )
    nobody = run(ADPP.iloc[:0])
    assert shown(nobody, "CMAX") == {
        "n": "0",
        "levels": "0",
        "slope_interval": "NE",
        "limits": "NE",
        "word": "not estimable: no value",
    }


def test_every_missing_number_has_a_code_and_a_reason() -> None:
    for adpp in (ADPP, ADPP.iloc[:0], ADPP.iloc[:1]):
        for result in run(adpp).results:
            assert result.value is not None or (result.text and (result.warning or result.statistic == "word"))


def test_every_verdict_is_a_legal_word() -> None:
    legal = legal_words(loaded_study("full").settings)
    for adpp in (ADPP, ADPP.iloc[:0], ADPP.iloc[:1], ADPP.iloc[[0, 2]], ADPP.assign(AVAL=ADPP["AVAL"].replace(10, 0))):
        words = [r.text for r in run(adpp).results if r.statistic == "word"]
        assert len(words) == 2
        assert set(words) <= legal


def test_members_are_the_rows_counted() -> None:
    found = run()
    assert list(check_members(found.results, found.members)) == []
    assert list(check_nested(found.results)) == []
    assert [m.row.split("|")[0] for m in found.members if "CMAX/150" in m.ard] == ["C"]


def test_row_order_does_not_matter() -> None:
    assert run(ADPP.iloc[::-1]).results == run().results


def test_two_rows_of_a_subject_are_refused() -> None:
    with pytest.raises(InputError, match="CMAX: subject A has more than one row; select one visit"):
        run(pd.concat([ADPP, ADPP.iloc[[0]].assign(AVISIT="C2D1")], ignore_index=True))


@pytest.mark.parametrize("limits", [["1.1", "1.25"], ["0.8", "0.9"], ["0", "1.25"], ["0.8", "1"], ["0.8"]])
def test_limits_that_do_not_stand_around_one_are_refused(limits: list[str]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(KEYS["pk.proportionality_limits"]).validate_python(limits)
