"""The rule for values below the limit of quantification (BLQ) in words, for the notes of the figures (R-1309)."""

from __future__ import annotations

_WORDS = {
    "zero_then_missing": "0 before the first quantifiable value of a profile, missing between and after such values",
    "all_zero": "always 0",
    "tmax_split": "0 before the first maximum of a profile, missing after it",
    "half_lloq_after": "0 before the first maximum of a profile, half the limit after it",
    "pknca_default": "0 before and after the quantifiable values of a profile, missing between them",
}


def blq_note(rule: str) -> str:
    """Return the sentence that names the rule (`pk.blq_rule`) and says what it does. R-1315."""
    return f"Values below the limit of quantification follow the BLQ rule {rule}: {_WORDS[rule]}."
