"""Codes, checkbox groups, visit labels and identifiers: from the words of an extract to the terms of the contracts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from crf2csr.clean.rules.readings import Reader, Reading
from crf2csr.errors import shown

_PLACEHOLDER = re.compile(r"\\\{([a-z])\\\}")
#: What stands in a box, in lower case: codes, and the words of an export of labels.
_TICKS = {"1": True, "0": False, "": False, "checked": True, "unchecked": False}


def code_reader(name: str, terms: Sequence[str], synonyms: Mapping[str, str]) -> Reader:
    """Return a reader of code list `name`: an exact term, or a declared synonym, trimmed and without case.

    Anything else is Q-107.
    """
    meaning = {text.strip().casefold(): term for text, term in synonyms.items()}
    meaning |= {term.casefold(): term for term in terms}

    def read(text: str) -> Reading:
        term = meaning.get(text.strip().casefold())
        return (
            Reading(term)
            if term
            else Reading(rule="Q-107", expected=f"expected a term of {name} or a code that the mapping declares")
        )

    return read


def pair_reader(read: Reader) -> Callable[[tuple[str, str]], Reading]:
    """Return a reader of label and coded twin: both say the same, a blank beside a text does not (Q-107, F-201)."""

    def read_pair(cells: tuple[str, str]) -> Reading:
        label, code = (cell.strip() for cell in cells)
        if not label and not code:
            return Reading()
        first, second = (read(part) if part else Reading() for part in (label, code))
        if first.rule or second.rule:
            return first if first.rule else second
        if first != second:
            return Reading(rule="Q-107", expected=f"label '{shown(label)}' and code '{shown(code)}' disagree")
        return first

    return read_pair


def read_boxes(ticks: Sequence[str], terms: Sequence[str], alone: Sequence[str], answered: bool) -> Reading:
    """Return the ticked terms of a checkbox group, joined by "; " in the order of the boxes.

    `ticks` are the cells of the boxes (1, 0, Checked, Unchecked or blank) and `terms` what they stand for. An extract
    shows 0 in the boxes of an unanswered form, so nothing ticked has no value; on a form that was `answered` it is
    Q-117. A term of `alone` beside another one is Q-117, both kept.
    """
    cells = [tick.strip().casefold() for tick in ticks]
    if any(cell not in _TICKS for cell in cells):
        return Reading(rule="Q-107", expected="expected 0, 1, Checked, Unchecked or blank in each box")
    ticked = [term for cell, term in zip(cells, terms, strict=True) if _TICKS[cell]]
    if not ticked:
        return (
            Reading(rule="Q-117", expected="nothing is ticked though the form is answered") if answered else Reading()
        )
    value = "; ".join(ticked)
    exclusive = [term for term in ticked if term in alone]
    if exclusive and len(ticked) > 1:
        return Reading(value, rule="Q-117", expected=f"'{exclusive[0]}' is ticked together with another box")
    return Reading(value)


def unticked(text: str) -> bool:
    """Return whether a box with this text is not ticked."""
    return _TICKS.get(text.strip().casefold()) is False


def visit_reader(visits: Mapping[str, str]) -> Reader:
    """Return a reader of visit labels; `{n}` in a label stands for a number that the visit name takes over.

    Anything else is Q-120.
    """
    patterns = [
        (re.compile(_PLACEHOLDER.sub(r"(?P<\1>[0-9]{1,4})", re.escape(label)), re.IGNORECASE), name)
        for label, name in visits.items()
    ]

    def read(text: str) -> Reading:
        for pattern, name in patterns:
            if match := pattern.fullmatch(text):
                return Reading(_filled(name, match.groupdict()) or None)
        return Reading(rule="Q-120", expected="expected a label that the mapping declares")

    return read


def _filled(name: str, numbers: Mapping[str, str]) -> str:
    for key, number in numbers.items():
        name = name.replace(f"{{{key}}}", str(int(number)))
    return name


def lost_zero(text: str, known: Sequence[str]) -> str:
    """Return the one known identifier that `text` is without leading zeros (`1` for `01`), or "" (Q-113)."""
    if text in known or not text.isdigit():
        return ""
    matches = [name for name in known if name.isdigit() and name.lstrip("0") == text.lstrip("0")]
    return matches[0] if len(matches) == 1 else ""


def plain_identifier(text: str) -> bool:
    """Return whether an identifier has visible ASCII characters only: nothing look-alike or invisible (F-612)."""
    return text.isascii() and text.isprintable()
