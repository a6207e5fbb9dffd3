"""Numbers and free text: exact decimal text by declared signs, and what may not stand in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from crf2csr.clean.rules.readings import Reading

#: Digits that a binary number holds exactly; a longer number cannot be a measurement (F-208).
MOST_DIGITS = 15
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_PHONE = re.compile(
    r"(?<![\w.-])(?:\+?1[ .-]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[ .-])[0-9]{3}[ .-][0-9]{4}(?![\w-])", re.ASCII
)
_RECORD_NUMBER = re.compile(r"\bMRN[ :#.-]*[0-9]{5,}", re.ASCII | re.IGNORECASE)
_IDENTIFIERS = {"an e-mail address": _EMAIL, "a telephone number": _PHONE, "a medical record number": _RECORD_NUMBER}
#: Control characters that belong to a note of several lines.
_LINE_CONTROLS = "\t\n\r"


def read_number(
    text: str,
    *,
    decimal: Sequence[str] = (".",),
    thousands: str | None = None,
    whole: bool = False,
    low: Decimal | None = None,
    high: Decimal | None = None,
    refused_by: str = "",
) -> Reading:
    """Return the exact canonical decimal text of a number (`12.50` is `12.5`) written with the declared signs only.

    `decimal` are the decimal signs, `thousands` the sign between groups of three digits, `whole` refuses a fraction.
    A value outside `low` to `high` is kept (Q-110), unless the scale ends there: `refused_by` is then the rule of such
    a value and of any text that is no number of this kind, and neither is used. Units, comparison signs, exponents,
    `NaN`, `inf`, a signed zero and more than 15 digits are Q-108 (F-203, F-208).
    """
    unreadable = refused_by or "Q-108"
    plain = _plain(text, decimal, thousands)
    if plain is None or sum(c.isdigit() for c in plain) > MOST_DIGITS:
        signs = " or ".join(f"'{sign}'" for sign in decimal)
        return Reading(
            rule=unreadable,
            expected=f"expected a plain number with decimal sign {signs} and at most {MOST_DIGITS} digits",
        )
    value = Decimal(plain)
    if value == 0 and plain.startswith("-"):
        return Reading(rule=unreadable, expected="a signed zero is not a number that anybody measured")
    if whole and value != value.to_integral_value():
        return Reading(rule=unreadable, expected="expected a whole number")
    if (low is not None and value < low) or (high is not None and value > high):
        if refused_by:
            return Reading(rule=refused_by, expected=f"expected {low} to {high}; the value is not used")
        return Reading(canonical(value), rule="Q-110", expected=f"expected {low} to {high}; the value is kept")
    return Reading(canonical(value))


def _plain(text: str, decimal: Sequence[str], thousands: str | None) -> str | None:
    """Return the number with a point as decimal sign and no thousands sign, None if it is not one."""
    groups = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+" if thousands else "(?!)"
    signs = re.escape("".join(decimal))
    match = re.fullmatch(rf"(-?)((?:{groups})|[0-9]*)(?:[{signs}]([0-9]+))?", text, re.ASCII)
    if not match or not (match[2] or match[3]):
        return None
    whole = match[2].replace(thousands, "") if thousands else match[2]
    return f"{match[1]}{whole or '0'}.{match[3] or '0'}"


def canonical(value: Decimal) -> str:
    """Return the shortest decimal text of a number: no exponent, no trailing zero, no decimal point without digits."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_text(text: str) -> Reading:
    """Return a free text as NFC, so that equal texts are equal; a changed one is reported (F-612)."""
    normal = unicodedata.normalize("NFC", text)
    if normal == text:
        return Reading(text)
    return Reading(normal, rule="Q-116", expected="letters and accents were joined (Unicode NFC)")


def strange_character(text: str) -> str:
    """Return what is wrong with the first character that has no place in a text, or "" (Q-116).

    Control characters but tab and line ends (F-107), the replacement character and UTF-8 read as another encoding
    (F-106), characters that print nothing or turn the reading direction (F-612).
    """
    if text.isascii() and text.isprintable():
        return ""
    for character in text:
        kind = unicodedata.category(character)
        if kind == "Cc" and character not in _LINE_CONTROLS:
            return f"control character U+{ord(character):04X}"
        if kind in ("Cf", "Cs", "Co"):
            return f"invisible character U+{ord(character):04X}"
        if character == "\N{REPLACEMENT CHARACTER}":
            return "replacement character: the text was damaged before the extract"
    return "UTF-8 that was read in another encoding" if _looks_doubly_encoded(text) else ""


def _looks_doubly_encoded(text: str) -> bool:
    """Return whether the text, written back as cp1252, is UTF-8: a mark of mixed encodings."""
    try:
        return not text.isascii() and text.encode("cp1252").decode("utf-8") != text
    except UnicodeError:
        return False


def personal_identifier(text: str) -> str:
    """Return which personal identifier a text holds (e-mail, telephone, medical record number), or "" (Q-118)."""
    return next((name for name, pattern in _IDENTIFIERS.items() if pattern.search(text)), "")
