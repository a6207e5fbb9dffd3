"""Protocol deviations (SDTM DV)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses()
def dv(dv: Form, study: View) -> Cleaned:
    """Return DV, one row a deviation as recorded."""
    data = dv.data
    variables = {
        "DVSEQ": data["dvno"],
        "DVTERM": data["term"],
        "DVCAT": data["dvcat"],
        "DVSTDTC": data["dvdtc"],
        "DVIMP": data["important"],
        "DVCRIT": data["criterion"],
        "DVWAIVER": data["waiver"],
    }
    return assemble("dv", [part(dv, variables)], study)
