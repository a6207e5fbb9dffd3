"""Left ventricular ejection fraction (SDTM CV), with its method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.clean.rules.units import standard_values
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses("visit.schedule")
def cv(card: Form, study: View) -> Cleaned:
    """Return CV, one row a visit, CVSTRESN in percent; EG reports the queries of the form."""
    data = card.data
    values = standard_values(data["cdorres"], data["cdorresu"], data["cdtestcd"])
    variables = {
        "CVTESTCD": data["cdtestcd"],
        "CVDTC": data["cddtc"],
        "CVORRES": data["cdorres__raw"],
        "CVORRESU": data["cdorresu"],
        "CVSTRESN": values["number"],
        "CVSTRESU": values["unit"],
        "CVMETHOD": data["method"],
    }
    return assemble("cv", [part(card, variables, data["cdtestcd"].eq("LVEF"))], study)
