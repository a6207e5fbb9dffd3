"""Vital signs (SDTM VS): weight, height, blood pressure, pulse, temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.clean.rules.units import standard_values, unit_doubts
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses("visit.schedule")
def vs(vs: Form, study: View) -> Cleaned:
    """Return VS, one row a test and visit: VSORRES as recorded, VSSTRESN in the standard unit of the test (kg, cm,
    mmHg, beats/min, C).

    A value in a unit that the table of units does not list for the test is not used (Q-108, E).
    """
    data = vs.data
    values = standard_values(data["vsorres"], data["vsorresu"], data["vstestcd"])
    variables = {
        "VSTESTCD": data["vstestcd"],
        "VSDTC": data["vsdtc"],
        "VSORRES": data["vsorres__raw"],
        "VSORRESU": data["vsorresu"],
        "VSSTRESN": values["number"],
        "VSSTRESU": values["unit"],
    }
    return assemble("vs", [part(vs, variables)], study, [unit_doubts(vs, values, "vsorresu", "Q-108")])
