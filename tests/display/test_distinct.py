"""The listing of what occurs: each combination once, of the subjects of the population."""

from crf2csr.display.listings.distinct import distinct
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {safety: {label: Safety set, flag: SAFFL}}
displays:
  l-1:
    layout: distinct
    number: 16.2.8.5
    title: Ranges
    population: safety
    data: [adlb]
    where: [{variable: ANRTXT, op: present}]
    sort: [LBNAM, PARAM]
    list_columns: [{variable: LBNAM, label: Laboratory}, {variable: ANRTXT, label: Range}]
""")
ADSL = "USUBJID|SAFFL\nX-1|Y\nX-2|Y\nX-3|N"
ADLB = """
USUBJID | LBNAM | PARAM | ANRTXT
X-1     | B     | K     | 3.5 to 5
X-1     | A     | K     | 3.5 to 5
X-2     | A     | K     | 3.5 to 5
X-2     | A     | ALT   | 3.5 to 5
X-2     | A     | MG    |
X-3     | C     | K     | 3 to 5
"""


def test_each_combination_of_columns_and_order_stands_once() -> None:
    listing = distinct(PLAN, "l-1", {"adsl": typed(ADSL), "adlb": typed(ADLB)}, study_view(distinct))
    assert listing.rows == (("A", "3.5 to 5"), ("A", "3.5 to 5"), ("B", "3.5 to 5"))


def test_nothing_to_list() -> None:
    listing = distinct(PLAN, "l-1", {"adsl": typed(ADSL), "adlb": typed(ADLB).iloc[:0]}, study_view(distinct))
    assert listing.rows == ()
    assert "Criterion: Safety set; ANRTXT present" in listing.empty
