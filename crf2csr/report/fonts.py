"""The font of the documents: found or refused, and how wide its letters are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from crf2csr.errors import InputError

#: Metric-compatible with Arial; the only family that the documents use.
FAMILY = "Liberation Sans"

#: The faces that the template sets, by the file name inside the font folder.
FACES: Mapping[str, str] = {"regular": "LiberationSans-Regular.ttf", "bold": "LiberationSans-Bold.ttf"}


@dataclass(frozen=True, eq=False)
class Face:
    """One face: advance widths in em by character; a character that is no key has no glyph."""

    widths: Mapping[str, float]

    def width(self, text: str) -> float:
        """Return the width of a text in em, without kerning; a character without a glyph counts one em."""
        if text not in self._measured:
            self._measured[text] = sum([self.widths.get(character, 1.0) for character in text])
        return self._measured[text]

    @cached_property
    def _measured(self) -> dict[str, float]:
        return {}


def load_faces(font_dir: Path) -> dict[str, Face]:
    """Return the faces `regular` and `bold` of the document font.

    Raises InputError that names the font when a file is missing or holds another: nothing is substituted (F-410).
    """
    return {name: _load_face(font_dir / file) for name, file in FACES.items()}


@cache
def _load_face(path: Path) -> Face:
    from fontTools.ttLib import TTFont, TTLibError

    where = f"font {FAMILY}, {path.parent.name}/{path.name}"
    if not path.is_file():
        raise InputError(f"{where}: missing; put the font there, no other is used in its place")
    try:
        font = TTFont(path)
    except TTLibError as error:
        raise InputError(f"{where}: not a font file ({error}); put the original there") from None
    family = font["name"].getBestFamilyName()
    if family != FAMILY:
        raise InputError(f"{where}: holds the font {family!r}; put the original there")
    units, advances = font["head"].unitsPerEm, font["hmtx"]
    return Face({chr(code): advances[glyph][0] / units for code, glyph in font.getBestCmap().items()})
