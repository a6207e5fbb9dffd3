"""Concomitant and subsequent systemic anticancer therapy (SDTM CM)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses()
def cm(act: Form, study: View) -> Cleaned:
    """Return CM, one row a systemic therapy; radiotherapy and surgery are in PR.

    A record whose kind is missing or unreadable is in neither domain: it is withheld here and listed, because local
    therapy and systemic therapy have opposite consequences (R-210, R-516).
    """
    data = act.data
    systemic = data["kind"].eq("SYSTEMIC").fillna(True)
    variables = {
        "CMSEQ": data["actno"],
        "CMCAT": data["kind"],
        "CMCLAS": data["class"],
        "CMTRT": data["agent"],
        "CMSTDTC": data["stdtc"],
        "CMENDTC": data["endtc"],
    }
    return assemble("cm", [part(act, variables, systemic)], study)
