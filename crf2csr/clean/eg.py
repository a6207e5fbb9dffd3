"""Electrocardiogram (SDTM EG): QT, RR and QTcF as reported; LVEF of the same form is in CV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.clean.rules.units import standard_values, unit_doubts
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

TESTS = ["QT", "RR", "QTCF"]


@uses("visit.schedule")
def eg(card: Form, study: View) -> Cleaned:
    """Return EG, one row a test and visit, EGSTRESN in ms.

    A record whose test is missing or unreadable is in neither EG nor CV: it is withheld here and listed. A value in a
    unit that the table of units does not list is not used (Q-108, E).
    """
    data = card.data
    chosen = data["cdtestcd"].isin(TESTS) | data["cdtestcd"].isna()
    values = standard_values(data["cdorres"], data["cdorresu"], data["cdtestcd"])
    variables = {
        "EGTESTCD": data["cdtestcd"],
        "EGDTC": data["cddtc"],
        "EGORRES": data["cdorres__raw"],
        "EGORRESU": data["cdorresu"],
        "EGSTRESN": values["number"],
        "EGSTRESU": values["unit"],
        "EGMETHOD": data["method"],
    }
    return assemble("eg", [part(card, variables, chosen)], study, [unit_doubts(card, values, "cdorresu", "Q-108")])
