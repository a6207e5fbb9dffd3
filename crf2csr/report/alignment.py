"""Cells of a column that stand under each other by their decimal points.

Cells are texts of numbers such as `12 (33.3)` or `(2.5, 33.1)`. Blank space is added before, between and after the
tokens, so that all cells of a column that begin with a number are equally wide and stand under each other at the
decimal point (or last digit) of each token. Space is not text: a copied cell is the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from crf2csr.report.fonts import Face
from crf2csr.report.inline import Piece, Run

_LEADING_NUMBER = re.compile(r"-?\d[^;]*|–|N[ECAD]|BLQ")
_INTERVAL = re.compile(r"\((-?\d|NE|NC)[^;]*")

#: Around the anchor of a token: widths in em on its left and on its right.
Sides = tuple[float, float]
#: Whether the first token has decimals, and the other tokens by their brackets and commas: cells of one shape stand
#: under each other token by token; cells of other shapes only at their first token.
Shape = tuple[str, ...]


def align_column(texts: Sequence[str], face: Face) -> list[tuple[Run, float]]:
    """Return each cell as a run and its width in em; texts that are not numbers stay as they are.

    Cells that begin with a number (codes such as NE among them) make one group, intervals another; each group is as
    wide as its widest cell.
    """
    runs: list[tuple[Run, float]] = [(text, face.width(text)) for text in texts]
    for pattern in (_LEADING_NUMBER, _INTERVAL):
        members = [i for i, text in enumerate(texts) if pattern.fullmatch(text)]
        for i, aligned in zip(members, _align([texts[i].split(" ") for i in members], face), strict=True):
            runs[i] = aligned
    return runs


def _align(cells: list[list[str]], face: Face) -> list[tuple[Run, float]]:
    """Return cells, given as tokens, padded to one width."""
    room = _room(cells, face)
    lead = max((_sides(tokens[0], face)[0] for tokens in cells), default=0.0)
    lines = [_padded(tokens, lead, room, face) for tokens in cells]
    widest = max((width for _, width in lines), default=0.0)
    return [(_merged([*line, widest - width]), round(widest, 3)) for line, width in lines]


def _room(cells: Iterable[list[str]], face: Face) -> dict[tuple[Shape, int], Sides]:
    """Return, for each shape and position, the space that its tokens need on both sides of the anchor."""
    room: dict[tuple[Shape, int], Sides] = {}
    for tokens in cells:
        shape = _shape(tokens)
        for i, token in enumerate(tokens):
            left, right = _sides(token, face)
            most = room.get((shape, i), (0.0, 0.0))
            room[shape, i] = (max(left, most[0]), max(right, most[1]))
    return room


def _padded(
    tokens: list[str], lead: float, room: dict[tuple[Shape, int], Sides], face: Face
) -> tuple[list[str | float], float]:
    """Return one cell with space before each anchor and between tokens, and its width."""
    line: list[str | float] = []
    width = owed = 0.0
    shape = _shape(tokens)
    for i, token in enumerate(tokens):
        left, right = _sides(token, face)
        most_left, most_right = room[shape, i]
        before = owed + (lead if i == 0 else most_left) - left
        text = token if i == len(tokens) - 1 else token + " "
        line += [before, text]
        width += before + face.width(text)
        owed = most_right - right
    return line, width


@cache
def _sides(token: str, face: Face) -> Sides:
    """Return the widths left and right of the anchor: the end of the first digits, else of the letters."""
    digits = re.search(r"\d+", token)
    anchor = digits.end() if digits else len(token.rstrip(")],"))
    return face.width(token[:anchor]), face.width(token[anchor:])


def _shape(tokens: list[str]) -> Shape:
    return tuple([_outline(token, place) for place, token in enumerate(tokens)])


@cache
def _outline(token: str, place: int) -> str:
    if place == 0:
        return "." if "." in token else "-"
    return re.sub(r"[^()\[\],]+", "", token) or "-"


def _merged(line: list[str | float]) -> Run:
    """Return the line without empty space and with neighboring texts joined."""
    pieces: list[Piece] = []
    for piece in line:
        if isinstance(piece, float) and round(piece, 3) == 0:
            continue
        last = pieces[-1] if pieces else None
        if isinstance(piece, str) and isinstance(last, str):
            pieces[-1] = last + piece
        else:
            pieces.append(piece if isinstance(piece, str) else round(piece, 3))
    return pieces
