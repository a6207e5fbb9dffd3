"""The texts that a cell of kind `word` may say: a closed list, so that no other word reaches a page (invariant 5)."""

from __future__ import annotations

from collections.abc import Mapping

from crf2csr.contracts import load_terms
from crf2csr.study import Setting

#: Subgroups with fewer subjects have a word in place of an estimate (shell of Table 14.2.1.3).
FEWEST = 5
TOO_FEW = f"n < {FEWEST}"
#: Code lists of words: decisions of the dose escalation, earlier decisions, MTD (R-402 to R-408); verdicts on dose
#: proportionality (R-1314).
CODE_LISTS = ("ESCDEC", "ESCEARLY", "ESCMTD", "PKPROP")


def legal_words(settings: Mapping[str, Setting]) -> frozenset[str]:
    """Return the legal words of a study: those of the code lists, its dose levels, and who declared the RP2D."""
    terms = load_terms()
    doses = [f"{dose} mg" for dose in settings["escalation.dose_levels_mg"].value or ()]
    declared = settings["rp2d.declared_by"].value
    listed = [word for name in CODE_LISTS for word in terms[name]]
    return frozenset([TOO_FEW, *listed, *doses, *([declared] if declared else [])])
