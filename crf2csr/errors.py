"""The one error that a user is meant to read, and how a foreign text is shown in a message."""

import unicodedata

#: Unicode categories that print nothing or steer the terminal: control, format, surrogate, line and paragraph
#: separators.
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class InputError(Exception):
    """A defect in input, configuration or usage: one line naming file, row or line, column or key, value, and what to
    do."""


def shown(text: str, longest: int = 60) -> str:
    r"""Return a recorded text fit for one line of a message: hidden characters as `\xNN` or `\uNNNN` (F-610), cut at
    `longest`."""
    visible = "".join(_escape(c) if unicodedata.category(c) in _HIDDEN else c for c in text[: longest + 1])
    return visible if len(text) <= longest else visible[:longest] + "…"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class Busy(InputError):
    """Another run works in this folder."""
