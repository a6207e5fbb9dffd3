"""docs/rules.md holds the text of every rule R-nnn and fault F-nnn that code, configuration, tests and pages cite."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "rules.md"
PLACES = ("crf2csr", "qc", "scripts", "config", "tests", "docs", "README.md", "GLOSSARY.md", "reports")
TEXTS = {".py", ".csv", ".yaml", ".yml", ".json", ".md", ".txt", ".typ", ".j2", ".toml"}

# Not inside a word: `UN-MAR-2019` and `UTF-160` name no rule.
_ID = re.compile(r"(?<![A-Za-z0-9-])([RF])-(\d{3,4})(?!\d)")
# A range may be broken over two lines, also of a comment.
_RANGE = re.compile(r"(?<![A-Za-z0-9-])([RF])-(\d{3,4})(?:\s+(?:# ?)?to\s+(?:# ?)?|[-–])\1-(\d{3,4})(?!\d)")
_DEFINITION = re.compile(r"^\| ([RF]-\d{3,4}) \| (.+) \|$", re.MULTILINE)
_GAPS = re.compile(r"^Not in use[^:]*: (.+)$", re.MULTILINE)

# Put together, so that this file does not cite them: numbers that no rule has.
PASSED_OVER = {f"R-{number}" for number in range(507, 511)}


def ranges(text: str) -> set[str]:
    """Return the ids of the ranges in a text, `R-603 to R-605`, their ends included."""
    found = [(kind, range(int(first), int(last) + 1)) for kind, first, last in _RANGE.findall(text)]
    return {f"{kind}-{number}" for kind, numbers in found for number in numbers}


def cited(text: str, gaps: set[str]) -> set[str]:
    """Return the ids that a text cites, one by one or inside a range; `gaps` are numbers that a range passes over."""
    return {f"{kind}-{number}" for kind, number in _ID.findall(text)} | (ranges(text) - gaps)


def defined(document: str) -> Counter[str]:
    """Return how often the document defines each id: a row of a table that begins with it and says something."""
    return Counter(name for name, text in _DEFINITION.findall(document) if text.strip())


def unused(document: str) -> set[str]:
    """Return the numbers that the document declares as not in use."""
    return {name for line in _GAPS.findall(document) for name in ranges(line)}


def without_gaps(document: str) -> str:
    return _GAPS.sub("", document)


def project_texts() -> dict[str, str]:
    """Return every text of the project that may cite a rule, by its path."""
    below = [file for place in PLACES for file in [ROOT / place, *(ROOT / place).rglob("*")]]
    files = [file for file in below if file.suffix in TEXTS and file.is_file()]
    return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8-sig") for file in sorted(files)}


def test_every_cited_rule_is_defined_once() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    known, gaps = defined(document), unused(document)
    texts = {path: without_gaps(text) if path == "docs/rules.md" else text for path, text in project_texts().items()}
    assert {"crf2csr/select.py", "README.md", "config/contracts/derive/adsl.csv"} <= set(texts)
    missing = {path: sorted(cited(text, gaps) - set(known)) for path, text in texts.items()}
    assert {path: names for path, names in missing.items() if names} == {}
    assert [name for name, times in known.items() if times > 1] == []
    assert gaps.isdisjoint(known)


def test_ids_of_the_document_are_in_order() -> None:
    numbers = [(name[0] == "F", int(name[2:])) for name in defined(DOCUMENT.read_text(encoding="utf-8"))]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as R-101 says (R-1303, F-101).", {"R-101", "R-1303", "F-101"}),
        ("R-603 to R-605", {"R-603", "R-604", "R-605"}),
        ("R-603 to\n    # R-605", {"R-603", "R-604", "R-605"}),
        ("F-101–F-103", {"F-101", "F-102", "F-103"}),
        ("from R-506 to R-511", {"R-506", "R-511"}),
        ("R-505 to R-511", {"R-505", "R-506", "R-511"}),
        ("UN-MAR-2019, UTF-16, UTF-160, NCT03709082, Q-101, R-nnn", set()),
    ],
)
def test_finder(text: str, expected: set[str]) -> None:
    assert cited(text, PASSED_OVER) == expected


def test_definition_reader() -> None:
    gap = f"{min(PASSED_OVER)} to {max(PASSED_OVER)}"
    document = f"Not in use: {gap}.\n\n| rule | text |\n|---|---|\n| R-101 | exact |\n| R-102 |  |\nR-103 is none\n"
    assert defined(document) == {"R-101": 1}
    assert defined(document + "| R-101 | again |\n") == {"R-101": 2}
    assert unused(document) == PASSED_OVER
    assert cited(without_gaps(document), set()) == {"R-101", "R-102", "R-103"}
