"""Dose limiting toxicity assessment of cycle 1 (SDTM FA)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses()
def fa(dlt: Form, study: View) -> Cleaned:
    """Return FA, one row a subject with the investigator's answers; who is evaluable is decided by R-405, not here."""
    data = dlt.data
    variables = {
        "FAOBJ": "DOSE LIMITING TOXICITY",
        "FADTC": data["asdtc"],
        "DLTEVAL": data["evaluable"],
        "DLTREAS": data["reason"],
        "DLTYN": data["dlt"],
        "DLTAENOS": data["aenos"],
        "DLTPLAN": data["planned"],
        "DLTTAKEN": data["taken"],
    }
    return assemble("fa", [part(dlt, variables)], study)
