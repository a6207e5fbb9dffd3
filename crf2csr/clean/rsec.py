"""ECOG performance status (SDTM RSEC, a split dataset of RS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses("visit.schedule")
def rsec(pe: Form, study: View) -> Cleaned:
    """Return RSEC, one row a visit with a record of the examination form, even if the status is blank."""
    data = pe.data
    variables = {
        "RSTESTCD": "ECOG",
        "RSDTC": data["pedtc"],
        "RSORRES": data["ecog__raw"],
        "RSSTRESN": data["ecog"],
    }
    return assemble("rsec", [part(pe, variables)], study)
