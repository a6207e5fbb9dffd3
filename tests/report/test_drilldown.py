"""From cells to CRF records: a walker that knows four rows and five records, all written here."""

from types import SimpleNamespace
from typing import Any, cast

from crf2csr.ard import Member
from crf2csr.display.model import Cell, Column, Part, Row, Table
from crf2csr.jobs.drilldown import drill_down
from crf2csr.lock.trace import Sources, Walker
from crf2csr.report.drill import Counted, Record, drill_data
from tests.report import examples

#: ADRS of one subject rests on TR, TR on two records of tl.csv; every row rests on ADSL, ADSL on dm.csv and tl.csv.
SOURCES = {
    ("adrs", "T-01-001|BOR"): Sources((("tr", "T-01-001|1"), ("adsl", "T-01-001")), {}),
    ("tr", "T-01-001|1"): Sources((), {("tl.csv", "5"): ("MM",), ("tl.csv", "12"): ("MM", "VISIT")}),
    ("adsl", "T-01-001"): Sources((("tr", "T-01-001|1"),), {("dm.csv", "2"): ("AGE",), ("tl.csv", "5"): ("VISIT",)}),
    ("adrs", "T-01-002|BOR"): Sources((), {}),
}
MEMBERS = {
    "a/c/x/V/PR/n": [Member("a/c/x/V/PR/n", "adrs", "T-01-001|BOR")],
    "a/c/x/V/NE/n": [Member("a/c/x/V/NE/n", "adrs", "T-01-002|BOR"), Member("a/c/x/V/NE/n", "adrs", "T-01-001|BOR")],
    "a/c/x/N/n": [Member("a/c/x/N/n", "adsl", "T-01-001")],
}


class Known:
    """What `Walker` offers."""

    study = SimpleNamespace(identity=SimpleNamespace(id="T"))

    def members(self, ids: tuple[str, ...]) -> list[Member]:
        return MEMBERS.get(f"{ids[0].rsplit('/', 1)[0]}/n", [])

    def sources(self, dataset: str, row: str) -> Sources:
        return SOURCES[dataset, row]

    def describe(self, dataset: str, row: str) -> str:
        return f"{dataset} {row}"

    def record(self, file: str, row: str) -> dict[str, str]:
        return {"AGE": "61"} if file == "dm.csv" else {"VISIT": "TUM1", "MM": row}


def row(label: str, *ids: str) -> Row:
    return Row(label, (Cell("1 (33.3)", "count_percent", ids), Cell("text")))


def found() -> Any:
    rows = (
        row("PR", "a/c/x/V/PR/n"),
        row("interval", "a/c/x/V/PR/lower", "a/c/x/V/PR/upper"),
        row("none", "a/c/x/V/CR/n"),
        row("NE", "a/c/x/V/NE/n"),
        row("all", "a/c/x/N/n"),
    )
    part = Part("p", "", (Column("c", "C", 3), Column("d", "D")), rows)
    table = Table("t-1", "1", "T", "S", (part, part))
    return drill_down(cast(Walker, Known()), (examples.LISTING, table))


def test_a_cell_leads_to_the_rows_that_it_counts_and_an_interval_to_those_of_its_count() -> None:
    drill = found()
    shown = {place[2]: [drill.counted[i].text for i in drill.groups[group]] for place, group in drill.cells.items()}
    assert shown == {
        0: ["adrs T-01-001|BOR"],
        1: ["adrs T-01-001|BOR"],
        3: ["adrs T-01-002|BOR", "adrs T-01-001|BOR"],
        4: ["adsl T-01-001"],
    }
    assert {place[:2] for place in drill.cells} == {("t-1", 0), ("t-1", 1)}
    assert {place[3] for place in drill.cells} == {0}, "a cell without a result leads nowhere"


def test_a_row_leads_to_its_records_in_file_order_with_the_fields_that_it_rests_on() -> None:
    """ADSL is opened only where the subject is what is counted: dm.csv is not behind the response."""
    drill = found()
    response, missing, subject = drill.counted
    # tl.csv: fields VISIT, MM; row 5 before row 12.
    assert response == Counted("01-001", "adrs T-01-001|BOR", ((0, (1,)), (1, (0, 1))))
    assert missing.records == ()
    assert drill.records[:2] == (Record(0, "5", ("TUM1", "5")), Record(0, "12", ("TUM1", "12")))
    assert (drill.files, drill.fields) == (("tl.csv", "dm.csv"), (("VISIT", "MM"), ("AGE",)))
    # dm.csv row 2 first, then row 5 by two ways (VISIT by ADSL itself, MM by TR), then row 12.
    assert subject.records == ((2, (0,)), (0, (0, 1)), (1, (0, 1)))


def test_the_data_of_the_page_name_each_set_of_fields_once() -> None:
    data = drill_data(found())
    assert data["sets"] == [(1,), (0, 1), (0,)]
    assert [counted[2] for counted in data["counted"]] == [[0, 0, 1, 1], [], [2, 2, 0, 1, 1, 1]]
