"""The file of the bioanalytical laboratory beside the sampling form: joined, and what does not fit is queried."""

from pathlib import Path

import pandas as pd

from crf2csr.clean import cross_checks_pk as checks
from crf2csr.clean.balance import balance
from crf2csr.clean.forms import prepare_form
from crf2csr.clean.pc import pc
from crf2csr.readers.csv_forms import read_form
from crf2csr.results import Cleaned
from tests.builders import form, rows, study_view
from tests.extracts import MAPPING, changed, view

PK = """
SUBJECT | VISIT | analyte     | tpt | pcdtc      | pctm  | conc | unit  | specimen
01-001  | C1D1  | PALBOCICLIB | 0   | 2019-01-01 | 07:40 |      |       | S1
01-001  | C1D1  | PALBOCICLIB | 2   | 2019-01-01 | 10:05 | 20.0 | ng/mL | S2
01-001  | C1D1  | PALBOCICLIB | 4   | 2019-01-01 | 12:00 | 41   | ng/mL | S3
01-001  | C1D1  | PALBOCICLIB | 8   | 2019-01-01 | 16:00 |      |       | S4
01-002  | C1D1  | PALBOCICLIB | 2   | 2019-01-01 | 10:00 |      |       | S5
"""
BIO = """
SUBJECT | VISIT | analyte     | tpt | conc  | unit   | lloq | specimen
01-001  | C1D1  | PALBOCICLIB | 4   | 40    | ng/mL  | 1.00 | S3
01-001  | C1D1  | PALBOCICLIB | 0   | <1.00 | ng/mL  | 1.00 | S1
01-001  | C1D1  | PALBOCICLIB | 2   | 20.0  | ng/mL  | 1.00 | S9
01-001  | C1D1  | PALBOCICLIB | 6   | 35    | ng/mL  | 1.00 | S4
01-002  | C1D1  | PALBOCICLIB | 2   | 9     | nmol/L | 1.00 | S5
01-003  | C1D1  | PALBOCICLIB | 2   | 12    | ng/mL  | 1.00 | S6
"""


def cleaned(bio: str = BIO) -> Cleaned:
    return pc(form("pk", PK), form("bio", bio), study_view(pc))


def test_a_result_finds_its_sample() -> None:
    found = rows(cleaned().data, "PCTPTNUM", "PCDTC", "PCORRES", "PCSTRESC", "PCLLOQ", "RESROW", "RAWROW")
    assert found == [
        ("0.0", "2019-01-01T07:40", "<1.00", "BLQ", "1.0", "3", "2"),
        ("2.0", "2019-01-01T10:05", "20.0", "20.0", "1.0", "4", "3"),
        ("4.0", "2019-01-01T12:00", "40", "40", "1.0", "2", "4"),
        ("8.0", "2019-01-01T16:00", "", "", "", "", "5"),
        ("2.0", "2019-01-01T10:00", "9", "", "1.0", "6", "6"),
    ]


def test_what_does_not_fit_is_queried_on_both_sides() -> None:
    result = cleaned()
    assert sorted(rows(result.queries, "rule", "form", "RAWROW", "field", "value")) == [
        ("Q-1007", "bio", "6", "unit", "nmol/L"),
        ("Q-1010", "bio", "5", "conc", "35"),  # no sample at 6 h
        ("Q-1010", "bio", "7", "conc", "12"),  # no subject with samples
        ("Q-1010", "pk", "3", "specimen", "S2"),  # S9 in the file of the laboratory
        ("Q-1010", "pk", "4", "conc", "41"),  # 40 there
    ]
    # the sample without a result is found with the other samples of PC
    assert rows(checks.samples_and_results(result.data), "rule", "form", "RAWROW") == [("Q-1010", "pk", "5")]


def test_a_result_written_with_other_decimals_is_the_same_result() -> None:
    # 20.0 on the form, 20 and 20.00 in the file of the laboratory
    for text in ("20", "20.00", "20,0"):
        queries = cleaned(BIO.replace("20.0 ", f"{text} ")).queries
        assert ("Q-1010", "pk", "3", "conc") not in rows(queries, "rule", "form", "RAWROW", "field")
    queries = cleaned(BIO.replace("20.0 ", "20.1 ")).queries
    assert ("Q-1010", "pk", "3", "conc") in rows(queries, "rule", "form", "RAWROW", "field")


def test_no_record_of_either_file_gets_lost() -> None:
    result = cleaned()
    raw = {"pk": form("pk", PK).data, "bio": form("bio", BIO).data}
    assert rows(result.removed, "form", "RAWROW", "reason") == [
        ("bio", "5", "no sample of this subject, visit and planned time"),
        ("bio", "7", "no sample of this subject, visit and planned time"),
    ]
    counted = balance(raw, [result.data], result.removed)
    assert rows(counted, "form", "raw", "in_domains", "removed") == [("pk", "5", "5", "0"), ("bio", "6", "4", "2")]


def test_a_result_leads_to_the_cell_of_the_laboratory() -> None:
    links = cleaned().links
    own = links[links["row"].str.endswith("01-001|PALBOCICLIB|C1D1|4")]
    assert ("PCSTRESC", "bio.csv", "2", "CONC") in rows(own, "variable", "source", "source_row", "source_field")
    assert ("PCDTC", "pk.csv", "4", "PCDTC") in rows(own, "variable", "source", "source_row", "source_field")
    assert not (own["variable"].eq("PCSTRESC") & own["source"].eq("pk.csv")).any()


def test_the_order_of_the_laboratory_does_not_matter() -> None:
    head, *lines = BIO.strip().splitlines()
    first, turned = cleaned(), cleaned("\n".join([head, *reversed(lines)]))
    assert rows(turned.data, "PCSTRESC", "PCLLOQ") == rows(first.data, "PCSTRESC", "PCLLOQ")


def test_an_empty_file_of_the_laboratory_leaves_every_sample_without_a_result() -> None:
    result = cleaned(BIO.strip().splitlines()[0])
    assert result.data["PCSTRESC"].isna().all()
    assert len(checks.samples_and_results(result.data)) == 5
    assert isinstance(result.links, pd.DataFrame)


def test_a_file_of_the_laboratory_is_read_like_any_other(tmp_path: Path) -> None:
    names = ("analyte", "tpt", "conc", "unit", "lloq", "specimen")
    fields = {name: MAPPING.forms["pk"].fields[name] for name in names}
    own = MAPPING.forms["pk"].model_copy(update={"file": "bio.csv", "fields": fields})
    mapping = changed(forms={**MAPPING.forms, "bio": own})
    head = [
        "SITE",
        "SUBJECT",
        "FOLDER",
        "RECPOS",
        "FORMSTATUS",
        "DELETED",
        "OPENQUERIES",
        "ENTRYTS",
        *map(str.upper, names),
    ]
    cells = "01;01-001;Cycle 1 Day 1;{};Locked;N;0;2019-03-05 10:00:00;Palbociclib;{};{};ng/mL;1.00;S{}"
    # 2 h came twice with two results: neither is used, and the sample of 2 h stands alone
    lines = [cells.format(*line) for line in ((1, 0, "BLQ", 1), (2, 2, "20", 2), (3, 2, "25", 2), (4, 4, "41", 3))]
    (tmp_path / "bio.csv").write_text("\n".join([";".join(head), *lines]) + "\n", encoding="utf-8")
    bio = prepare_form(read_form(tmp_path / "bio.csv", "bio", mapping), "bio", mapping, view())
    assert rows(bio.queries, "rule", "RAWROW") == [("Q-103", "3"), ("Q-103", "4")]
    found = pc(form("pk", PK), bio, study_view(pc))
    assert rows(found.data, "PCSTRESC", "RESFILE", "RESROW")[:3] == [
        ("BLQ", "bio.csv", "2"),
        ("", "", ""),
        ("41", "bio.csv", "5"),
    ]
