"""Visits (SDTM SV): one row a visit, done or not done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses("visit.schedule")
def sv(sv: Form, study: View) -> Cleaned:
    """Return SV, one row a visit; a visit that was not done keeps its row with the reason."""
    data = sv.data
    variables = {"SVSTDTC": data["svdtc"], "SVOCCUR": data["svdone"], "SVREASOC": data["svreas"]}
    return assemble("sv", [part(sv, variables)], study)
