"""Text as the renderer receives it: every character visible, long words with places to break, padding in em.

A run is what one line or cell of the document holds: a text, or a list of texts, `None` (line break), numbers (blank
space in em), `{"parts": texts}` (may break between the texts) and `{"word": text}` (between any two characters). The
template prints the texts of a run as they
are and never reads them as markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crf2csr.report.fonts import Face

Piece = str | float | None | dict[str, str] | dict[str, list[str]]
Run = str | list[Piece]

#: Half the width of a digit in Arial and fonts of its widths, em (1139 / 2048 units a digit).
SPACE_UNIT = 0.278

#: Categories of characters that print nothing or change the order of what is printed: shown as their code instead.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True)
class Type:
    """A face at a size in points, and the characters that every face of the document has; None where it has all."""

    face: Face
    size: float
    known: Collection[str] | None

    def width(self, text: str) -> float:
        """Return the width of a text in points."""
        return self.face.width(text) * self.size


def printable(text: str, known: Collection[str] | None = None) -> str:
    r"""Return the text with every character that would not be seen written as its code; line feeds stay.

    Control characters become `\xNN` (F-610); format and bidirectional controls, line separators, and characters for
    which the font has no glyph become `\uNNNN` or `\UNNNNNNNN` (F-612). Everything else, backslashes included, stays.
    Where the reader's machine brings the font (Word, HTML), `known` is None: every visible character stays.
    """
    if known is None and text.isprintable():
        return text
    return "".join([c if c == "\n" else _visible(c, known) for c in text])


def _visible(character: str, known: Collection[str] | None) -> str:
    if unicodedata.category(character) not in _INVISIBLE and (known is None or character in known):
        return character
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def run(text: str, type_: Type, width: float) -> Run:
    """Return a text as a run that fits a column `width` points wide.

    Line feeds break; a word wider than the column may break after a slash or underscore, or between any two characters
    if that is not enough; no character is added.
    """
    pieces: list[Piece] = []
    for line in printable(text, type_.known).split("\n"):
        pieces += [None, *_line(line, type_, width)] if pieces else _line(line, type_, width)
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(str(piece) for piece in pieces)
    return pieces


def _line(line: str, type_: Type, width: float) -> list[Piece]:
    """Return one line as texts and breakable words; an empty line is one empty text."""
    words = [word for word in re.split(r"( +)", line) if word]
    if all(type_.width(word) <= width for word in words if word.strip()):
        return [line]
    return [word if not word.strip() or type_.width(word) <= width else _broken(word, type_, width) for word in words]


def parts_of_word(word: str) -> list[str]:
    """Return a word cut after each slash and underscore: where a reader expects it to break (`NON-CR/NON-PD`)."""
    return [part for part in re.split(r"(?<=[/_])", word) if part]


def _broken(word: str, type_: Type, width: float) -> Piece:
    parts = parts_of_word(word)
    return {"parts": parts} if all(type_.width(part) <= width for part in parts) else {"word": word}


def lines_needed(text: str, type_: Type, width: float) -> int:
    """Return about how many lines a text takes in a column `width` points wide; rather too many than too few."""
    return sum(1 + int(1.1 * type_.width(line) / width) for line in text.split("\n"))


def widest_line(texts: Sequence[str], type_: Type) -> float:
    """Return the width in points of the widest line of the texts."""
    return max((type_.width(line) for text in texts for line in text.split("\n")), default=0.0)


def pieces_of(text: Run) -> list[str | int]:
    """Return a run for a document that breaks words itself: texts with their line feeds, and counts of blank units.

    A unit is half as wide as a digit, as wide as a full stop: `SPACE_UNIT`, in em.
    """
    pieces: list[str | int] = []
    for piece in [text] if isinstance(text, str) else text:
        if isinstance(piece, float | int):
            pieces += [round(piece / SPACE_UNIT)] if round(piece / SPACE_UNIT) else []
        else:
            pieces.append(_unbroken(piece))
    return pieces


def plain(text: Run) -> str:
    """Return the text of a run alone, without blank space that is no text."""
    return "".join(piece for piece in pieces_of(text) if isinstance(piece, str))


def _unbroken(piece: str | dict[str, str] | dict[str, list[str]] | None) -> str:
    if isinstance(piece, dict):
        return "".join(piece["parts"]) if "parts" in piece else str(piece["word"])
    return "\n" if piece is None else piece
