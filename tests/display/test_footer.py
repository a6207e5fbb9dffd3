"""Footers: lettered notes in order of first appearance, abbreviations, codes, assumptions that mattered, source."""

from typing import Any

import pytest

from crf2csr.display.footer import build_footer, note_marks
from crf2csr.display.model import Footer
from crf2csr.errors import InputError
from crf2csr.plan import Plan
from crf2csr.study import Setting
from tests.plans import plan_of

PLAN = plan_of("""
populations: {fas: {label: FAS, flag: FASFL}}
columns: {c: [{id: all, label: All}]}
analyses:
  response: {method: categories, data: adrs, populations: [fas], columns: c, variables: [{name: AVALC}]}
displays:
  t-1:
    layout: rows
    number: "14.1"
    title: T
    population: fas
    columns: c
    parts: [{id: fas, population: fas}]
    listings: [16.2.6.4, 16.2.3]
    notes: {plain: No row cites this., ci: Exact interval., set: Both sets.}
    abbreviations: {PR: partial response, CI: confidence interval, CR: complete response}
    rows:
      - {label: Enrolled, analysis: response, variable: AVALC, note: set}
      - {label: CI, analysis: response, variable: AVALC, note: ci}
      - {label: Again, analysis: response, variable: AVALC, note: set}
  l-1: {layout: records, number: "16.1", title: L, population: fas, data: [adtr], notes: {x: Millimeters.}}
""")

SETTINGS = {
    "response.confirm_days": Setting(value=28, source="assumed", note="why"),
    "response.accept_sd": Setting(value=False, source="assumed", note="why"),
    "rp2d.value": Setting(value=None, source="assumed", note="why"),
    "escalation.dose_levels_mg": Setting(value=(75, 100), source="registry"),
    "ci.level": Setting(value=0.95, source="protocol"),
    "display.small_n": Setting(value=3, source="house"),
}
TEXTS = ["Enrolled [a]", "3 (33.3)", "CI [b]", "(0.8, 90.6)", "Again [a]"]


def footer(texts: list[str] = TEXTS, keys: tuple[str, ...] = (), display: str = "t-1", plan: Plan = PLAN) -> Footer:
    return build_footer(plan, display, texts, SETTINGS, keys, "display/tables/rows (code 1234567)")


def test_letters_in_order_of_first_appearance() -> None:
    assert note_marks(PLAN.file.displays["t-1"]) == {"set": "a", "ci": "b"}
    assert footer().notes == ("[a] Both sets.", "[b] Exact interval.", "No row cites this.")


def test_a_note_whose_rows_are_not_printed_has_no_letter() -> None:
    assert footer([]).notes == ("No row cites this.", "Exact interval.", "Both sets.")
    assert footer(["Enrolled [a]"]).notes == ("[a] Both sets.", "No row cites this.", "Exact interval.")


def test_more_notes_than_letters_are_refused() -> None:
    plan = PLAN.file.displays["t-1"]
    many = plan.model_copy(update={"rows": tuple(plan.rows[0].model_copy(update={"note": str(n)}) for n in range(27))})
    with pytest.raises(InputError, match=r"table 14\.1: 27 notes"):
        note_marks(many)


def test_abbreviations_are_sorted() -> None:
    assert footer().abbreviations == (
        "Abbreviations: CI = confidence interval; CR = complete response; PR = partial response."
    )
    assert footer(display="l-1").abbreviations == ""


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (["1 (50.0)", "CNE", "NE pending"], ""),
        (["–", "(2.5, NE)"], ". NE = not evaluable or not estimable; – = no denominator."),
        (["NC"], ". NC = not calculable."),
    ],
)
def test_legend_explains_the_codes_in_use(texts: list[str], codes: str) -> None:
    standard = "N = number of subjects in the column; n = number of subjects counted; percentages are n/N"
    assert footer(texts).legend == standard + codes
    assert footer(texts, display="l-1").legend == codes.removeprefix(". ")


def test_only_assumed_keys_of_those_used_are_printed() -> None:
    used = ("response.confirm_days", "escalation.dose_levels_mg", "ci.level", "display.small_n")
    assert footer(keys=used).assumptions == "ASSUMPTION (not stated in the registry): response.confirm_days = 28."
    assert footer(keys=("ci.level",)).assumptions == ""


def test_assumptions_are_sorted_and_readable() -> None:
    used = ("rp2d.value", "response.confirm_days", "response.accept_sd")
    assert footer(keys=used).assumptions == (
        "ASSUMPTION (not stated in the registry): "
        "response.accept_sd = no; response.confirm_days = 28; rp2d.value = not determined."
    )
    assert footer(keys=used[::-1]) == footer(keys=used)


def test_source_names_datasets_and_listings() -> None:
    assert footer().source == "ADSL, ADRS; Listing 16.2.6.4; Listing 16.2.3"
    assert footer(display="l-1").source == "ADSL, ADTR"


def test_program_is_passed_on() -> None:
    found: dict[str, Any] = vars(footer(display="l-1"))
    assert found["program"] == "display/tables/rows (code 1234567)"
    assert found["notes"] == ("Millimeters.",)
