"""Eligibility criteria (SDTM IE): one row a criterion, met or not met, with the waiver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

#: First letters of a criterion id to its category.
CATEGORIES = {"INC": "INCLUSION", "EXC": "EXCLUSION"}


@uses("visit.schedule")
def ie(ie: Form, study: View) -> Cleaned:
    """Return IE, one row a criterion: IEORRES as recorded, IESTRESC the term; an id that begins otherwise has no
    IECAT."""
    data = ie.data
    variables = {
        "IETESTCD": data["ietestcd"],
        "IECAT": data["ietestcd"].str.slice(0, 3).str.upper().map(CATEGORIES),
        "IEORRES": data["ieorres__raw"],
        "IESTRESC": data["ieorres"],
        "IEWAIVER": data["iewaiver"],
    }
    return assemble("ie", [part(ie, variables)], study)
