"""Physical examination (SDTM PE): one row a visit; the ECOG performance status of the same form is in RSEC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses("visit.schedule")
def pe(pe: Form, study: View) -> Cleaned:
    """Return PE, one row a visit: PEORRES as recorded, PESTRESC the term, PEFIND the abnormal findings."""
    data = pe.data
    variables = {
        "PETESTCD": "PHYSEXAM",
        "PEDTC": data["pedtc"],
        "PEORRES": data["perslt__raw"],
        "PESTRESC": data["perslt"],
        "PEFIND": data["pefind"],
    }
    return assemble("pe", [part(pe, variables)], study)
