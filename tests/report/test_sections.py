from dataclasses import replace
from pathlib import Path

import pytest

from crf2csr.report.appendix import Appendix
from crf2csr.report.columns import Style
from crf2csr.report.fonts import Face
from crf2csr.report.inline import Type
from crf2csr.report.sections import checks_section, cover, provenance_section, qc_section, queries_section
from tests.report import examples

ROOT = Path(__file__).resolve().parents[2]
LETTERS = {chr(code): 0.5 for code in range(0x20, 0x7F)} | {"–": 0.5}
TYPE = Type(Face(LETTERS), 9.0, LETTERS)
STYLE = Style(TYPE, TYPE, {})


def appendix(**counts: int) -> Appendix:
    query = examples.QUERIES[2]
    queries = [{**query, "severity": s, "RAWROW": str(i)} for s, n in counts.items() for i in range(n)]
    return replace(examples.APPENDIX, queries=tuple(queries))


def tables(section: dict) -> list[dict]:
    return [block for block in section["blocks"] if block["kind"] == "table"]


def texts(section: dict) -> list[str]:
    return [block["text"] for block in section["blocks"] if block["kind"] != "table"]


def test_errors_come_first_and_counts_before_all() -> None:
    section = queries_section(appendix(I=2, E=3), STYLE)
    assert texts(section)[0] == "5 queries were raised: 3 E, 0 W, 2 I."
    counts, errors, information = tables(section)
    assert [row["cells"] for row in counts["rows"]] == [
        ["E", "Q-107", "code not in the list", "tl", "3"],
        ["I", "Q-107", "code not in the list", "tl", "2"],
    ]
    assert (len(errors["rows"]), len(information["rows"])) == (3, 2)


@pytest.mark.parametrize(("severity", "raised", "printed"), [("W", 400, 400), ("W", 401, 50), ("E", 401, 401)])
def test_very_many_queries_are_counted_and_only_errors_all_printed(severity: str, raised: int, printed: int) -> None:
    section = queries_section(appendix(**{severity: raised}), STYLE)
    assert len(tables(section)[1]["rows"]) == printed
    said = "The first 50 of 401 queries are printed; all are in queries.csv, delivered with this document."
    assert (said in texts(section)) == (printed < raised)


def test_a_section_without_content_says_so() -> None:
    bare = Appendix(examples.STAMP, ())
    assert texts(queries_section(bare, STYLE)) == ["No query was raised on these data."]
    assert texts(qc_section(bare, STYLE)) == ["No independent program was run on this cut."]
    assert texts(checks_section(bare, STYLE)) == ["0 of 0 checks were run on this cut."]
    agreed = replace(examples.APPENDIX, discrepancies=())
    assert texts(qc_section(agreed, STYLE))[-1] == "No discrepancy was found."
    assert [len(table["rows"]) for table in tables(provenance_section(examples.APPENDIX, STYLE))] == [2, 1]


def test_a_check_that_was_not_run_has_no_numbers() -> None:
    (table,) = tables(checks_section(examples.APPENDIX, STYLE))
    assert table["rows"][1]["cells"] == ["Q-202", "no weight", "vs", "–", "–", "form vs is not mapped"]
    assert table["aligns"] == ["left", "left", "left", "right", "right", "left"]


def test_where_every_check_was_run_no_column_says_why_not() -> None:
    (table,) = tables(checks_section(replace(examples.APPENDIX, checks=examples.APPENDIX.checks[:1]), STYLE))
    assert table["heads"] == ["Rule", "What it finds", "Forms", "Records tested", "Failures"]
    assert [row["cells"] for row in table["rows"]] == [["Q-107", "code not in the list", "tl", "120", "8"]]


def test_the_cover_leaves_out_what_is_not_known() -> None:
    plain = cover(replace(examples.STAMP, sponsor_number="", identifiers=(), demonstration=False), STYLE)
    assert [label for label, _ in plain["identity"]] == ["Data cut", "Data cutoff", "Snapshot", "Status"]
    assert plain["warning"] == []
