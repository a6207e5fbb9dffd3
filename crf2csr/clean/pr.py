"""Local anticancer therapy on study (SDTM PR): radiotherapy and surgery, with the lesions treated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses()
def pr(act: Form, study: View) -> Cleaned:
    """Return PR, one row a procedure. PRLESION lists lesion ids separated by a semicolon, however the site separated
    them (R-516)."""
    data = act.data
    lesions = data["lesions"].str.findall(r"[^\s;,/]+").str.join("; ").astype("string")
    variables = {
        "PRSEQ": data["actno"],
        "PRCAT": data["kind"],
        "PRTRT": data["agent"],
        "PRSTDTC": data["stdtc"],
        "PRENDTC": data["endtc"],
        "PRLESION": lesions,
    }
    return assemble("pr", [part(act, variables, data["kind"].isin(["RADIOTHERAPY", "SURGERY"]))], study)
