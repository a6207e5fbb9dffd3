"""What stands below a display: lettered notes, abbreviations, legend, assumptions, source, program (the order of
docs/rules.md, Pages)."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping

from crf2csr.contracts import base_name
from crf2csr.display.model import Footer
from crf2csr.display.numbers import explain_codes
from crf2csr.errors import InputError
from crf2csr.plan import DisplaySpec, Plan
from crf2csr.study import Setting, value_text

DENOMINATORS = "N = number of subjects in the column; n = number of subjects counted; percentages are n/N"


def note_marks(spec: DisplaySpec) -> dict[str, str]:
    """Return the letter of each note that a row cites, in order of first appearance.

    Raises InputError for more notes than letters.
    """
    cited = dict.fromkeys(row.note for row in spec.rows if row.note)
    if len(cited) > len(string.ascii_lowercase):
        raise InputError(
            f"{spec.kind} {spec.number}: {len(cited)} notes cited by rows; there are 26 letters; join some"
        )
    return dict(zip(cited, string.ascii_lowercase, strict=False))


def build_footer(
    plan: Plan, display: str, texts: Iterable[str], settings: Mapping[str, Setting], keys: Iterable[str], program: str
) -> Footer:
    """Return the footer of a display.

    `texts` are the cell texts, whose codes are explained; `keys` the study keys that the display depends on, of which
    the assumed ones are printed; `program` names layout and code hash. A note has its letter where a row of the texts
    cites it, else (a display without rows) it stands without.
    """
    texts = list(texts)
    spec = plan.file.displays[display]
    marks = {key: a for key, a in note_marks(spec).items() if any(text.endswith(f" [{a}]") for text in texts)}
    lettered = [f"[{letter}] {spec.notes[key]}" for key, letter in marks.items()]
    general = [text for key, text in spec.notes.items() if key not in marks]
    legend = [DENOMINATORS] if spec.kind == "table" and not plan.is_of_design(display) else []
    codes = explain_codes(texts)
    datasets = ", ".join(dict.fromkeys(base_name(name).upper() for name in plan.datasets_of(display)))
    short = "; ".join(f"{name} = {long}" for name, long in sorted(spec.abbreviations.items()))
    listings = [f"Listing {number}" for number in spec.listings]
    return Footer(
        notes=(*filter(None, [spec.first_note]), *lettered, *general),
        abbreviations=f"Abbreviations: {short}." if short else "",
        legend=". ".join([*legend, *([codes] if codes else [])]),
        assumptions=_assumptions(settings, keys),
        source="; ".join([datasets, *listings]),
        program=program,
    )


def _assumptions(settings: Mapping[str, Setting], keys: Iterable[str]) -> str:
    assumed = [key for key in sorted(keys) if settings[key].source == "assumed"]
    shown = "; ".join(f"{key} = {value_text(settings[key].value)}" for key in assumed)
    return f"ASSUMPTION (not stated in the registry): {shown}." if shown else ""
