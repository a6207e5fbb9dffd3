"""Adverse events (SDTM AE): the form as recorded, with relation and action for each of the three drugs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

#: Variable of AE to field of the form.
FIELDS = {
    "AESEQ": "aeno",
    "AETERM": "term",
    "AEDECOD": "decod",
    "AEBODSYS": "bodsys",
    "AEPTCD": "ptcd",
    "AESTDTC": "stdtc",
    "AEENDTC": "endtc",
    "AEENRF": "ongoing",
    "AETOXGR": "grade",
    "AESER": "serious",
    "AESDTH": "sdeath",
    "AESLIFE": "slife",
    "AESHOSP": "shosp",
    "AESDISAB": "sdisab",
    "AESCONG": "scong",
    "AESMIE": "smie",
    "AERELPAL": "relpal",
    "AERELLET": "rellet",
    "AERELTDM": "reltdm",
    "AEACNPAL": "acnpal",
    "AEACNLET": "acnlet",
    "AEACNTDM": "acntdm",
    "AEDISCFL": "disc",
    "AEOUT": "outcome",
    "AEDTHDTC": "dthdtc",
    "AEDLTFL": "dlt",
}


@uses()
def ae(ae: Form, study: View) -> Cleaned:
    """Return AE, one row an event as recorded; dates stay partial (R-204 and R-205 impute in the derive stage)."""
    return assemble("ae", [part(ae, {variable: ae.data[name] for variable, name in FIELDS.items()})], study)
