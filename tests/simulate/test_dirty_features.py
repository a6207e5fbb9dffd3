"""Every dirty feature of real extracts that a run must survive has an instance in `full`."""

import re

import pytest

from crf2csr.simulate.extract import Extract

Forms = dict[str, list[dict[str, str]]]
HOSTILE = ("=cmd()", "<script>", "{{7*7}}", "\\par", "#import", "$x$")


def cells(forms: Forms, form: str, column: str) -> list[str]:
    """Return the values of one column."""
    return [row[column] for row in forms[form]]


def rules(extract: Extract) -> set[str]:
    """Return the rules of which a defect is planted."""
    return {line["rule"] for line in extract.planted}


@pytest.mark.parametrize(
    "pattern",
    [r"UN/UNK/20\d\d", r"UN UNK 20\d\d", r"\d\d UNK 20\d\d", r"20\d\d-\d\d", r"UN-[A-Z][a-z]{2}-20\d\d", r""],
)
def test_partial_dates(pattern: str, full: Forms) -> None:
    """Feature 1; a standard date completed by the EDC stands beside each partial one."""
    found = [row for row in full["ae"] if re.fullmatch(pattern, row["STDAT_RAW"])]
    assert found
    assert all(row["STDAT"] or not row["STDAT_RAW"] for row in found)


def test_other_dates(full: Forms) -> None:
    """Feature 1: NK, two-digit years, dates in parts, and two ways of typing dates."""
    assert "NK" in cells(full, "ae", "ENDAT_RAW")
    assert any(re.fullmatch(r"\d\d-[A-Z][a-z]{2}-\d\d", text) for text in cells(full, "act", "ENDAT_RAW"))
    assert all(row["RSDAT_YY"] and row["RSDAT_MM"] and row["RSDAT_DD"] for row in full["rs"])
    typed = cells(full, "dm", "ICDAT_RAW")
    assert any(re.fullmatch(r"\d{4}-\d\d-\d\d", text) for text in typed)
    assert any(re.fullmatch(r"\d\d-[A-Z][a-z]{2}-\d{4}", text) for text in typed)


def test_missing_codes(full: Forms) -> None:
    """Feature 2, listed and not listed; NONE and NA are real answers."""
    assert {"-98", "-99"} <= set(cells(full, "ex_oral", "TAKEN"))
    assert {"ND", "-99"} <= set(cells(full, "ae", "GRADE"))
    assert {"ND", "-99"} <= set(cells(full, "tl", "DIAMETER"))
    assert "-98" in cells(full, "dosemod", "NEWDOSE")
    assert "." in cells(full, "vs", "VSORRES")
    assert "-99" in cells(full, "ex_tdm1", "VOLUME")
    assert "None" in cells(full, "pk", "DOSPROB")
    assert "NA" in cells(full, "tl", "SIDE")


def test_numbers(full: Forms) -> None:
    """Feature 3: decimal commas beside points, thousands separator, quantities as text."""
    weights = cells(full, "ex_tdm1", "WEIGHT")
    assert any("," in text for text in weights)
    assert any("." in text for text in weights)
    assert "1,000" in cells(full, "ex_tdm1", "VOLUME")
    assert {"<1.00", "BLQ"} <= set(cells(full, "pk", "CONC"))
    assert any(text.endswith(" ng/mL") for text in cells(full, "pk", "CONC"))
    assert {"mm", "cm"} <= set(cells(full, "tl", "UNIT"))


@pytest.mark.parametrize("cut", ["full", "as_enrolled"])
def test_encodings_and_lines(cut: str, extracts: dict[str, Extract]) -> None:
    """Feature 4: byte-order mark, cp1252, UTF-16, semicolons, mixed line ends, quoted line breaks."""
    files = extracts[cut].files
    assert files["tl.csv"].startswith(b"\xef\xbb\xbf")
    assert b"\x92" in files["ae.csv"]
    assert files["act.csv"].startswith(b"\xff\xfe")
    assert b";" in files["pk.csv"].splitlines()[0]
    assert re.search(rb'"[^"]*\n[^"]*"', files["ae.csv"])


def test_cyrillic_and_mixed_line_ends(extracts: dict[str, Extract], full: Forms) -> None:
    """Feature 4, continued."""
    lines = extracts["full"].files["eos.csv"].splitlines(keepends=True)
    assert any(line.endswith(b"\r\n") for line in lines)
    assert any(not line.endswith(b"\r\n") for line in lines)
    assert any(re.search(r"[А-я]", text) for text in cells(full, "act", "AGENT"))


def test_checkboxes(full: Forms) -> None:
    """Feature 5: one column an option, negative codes, 0 when nothing is ticked, two ticked at once."""
    boxes = [name for name in full["dm"][0] if name.startswith("RACE___")]
    assert {"RACE___-98", "RACE___-99"} <= set(boxes)
    ticked = [sum(row[name] == "1" for name in boxes) for row in full["dm"]]
    assert {0, 1, 2} <= set(ticked)


def test_removed_and_repeated_records(extracts: dict[str, Extract]) -> None:
    """Feature 6: deleted, gap, exact duplicate, same key with other values, a record of nobody and of another site."""
    planted = extracts["full"].planted
    assert {"Q-103", "Q-104", "Q-105", "Q-106", "Q-112"} <= rules(extracts["full"])
    assert {line["field"] for line in planted if line["rule"] == "Q-112"} == {"deleted", "record"}


def test_labels_and_codes(full: Forms, as_enrolled: Forms, extracts: dict[str, Extract]) -> None:
    """Feature 7: labels in one extract, codes in the other, one label that its code contradicts."""
    assert set(cells(full, "dm", "SEX")) == {"Female"}
    assert set(cells(as_enrolled, "dm", "SEX")) == {"1"}
    assert {"outcome", "acnlet", "method", "histol", "route"} == {
        line["field"] for line in extracts["full"].planted if line["rule"] == "Q-107"
    }
    assert {"CT SCAN", "ct scan"} <= set(cells(full, "tl", "METHOD"))


def test_identifiers(full: Forms) -> None:
    """Feature 8: zeros lost, trailing blanks, suffixes, spreadsheet damage."""
    assert "1" in cells(full, "ae", "SITE")
    assert any(text.endswith("  ") for text in cells(full, "ae", "SUBJECT"))
    assert "1E5" in cells(full, "pk", "SPECIMEN")
    assert "1E5" in cells(full, "ex_oral", "LOT")
    assert "007  " in cells(full, "ex_oral", "LOT")
    assert "1-Mar" in cells(full, "ex_oral", "RETURNED")
    assert {"T1A", "T1B"} <= set(cells(full, "tl", "LESION"))


def test_text_in_numbers(full: Forms) -> None:
    """Feature 9."""
    assert "out of bound: Life-Threatening" in cells(full, "ae", "GRADE")
    assert "before validation 1" in cells(full, "ex_tdm1", "VOLUME")
    assert "55:02" in cells(full, "ex_tdm1", "ENTM")


@pytest.mark.parametrize("cut", ["full", "as_enrolled"])
def test_open_records(cut: str, extracts: dict[str, Extract], full: Forms, as_enrolled: Forms) -> None:
    """Feature 10: open queries, unlocked forms, change counts."""
    forms = {"full": full, "as_enrolled": as_enrolled}[cut]
    fields = {line["field"] for line in extracts[cut].planted if line["rule"] == "Q-111"}
    assert fields == {"status", "queries"}
    assert len(set(cells(forms, "fu", "CHG_COUNT"))) > 1


def test_hostile_text(full: Forms, as_enrolled: Forms) -> None:
    terms = cells(full, "ae", "TERM")
    assert all(any(text in term for term in terms) for text in HOSTILE)
    assert any(text in term for term in cells(as_enrolled, "ae", "TERM") for text in HOSTILE)
    assert any("\n" in text and '"' in text for text in cells(full, "tl", "COMMENTS"))


def test_as_enrolled_has_several(extracts: dict[str, Extract], as_enrolled: Forms) -> None:
    assert {"Q-103", "Q-104", "Q-109", "Q-111", "Q-112", "Q-501", "Q-505", "Q-1101"} <= rules(extracts["as_enrolled"])
    assert any("UN UNK" in text for text in cells(as_enrolled, "ae", "STDAT_RAW"))
    assert any("," in text for text in cells(as_enrolled, "ex_tdm1", "WEIGHT"))
