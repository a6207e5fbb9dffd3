"""Medical history (SDTM MH): the form as recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

#: Variable of MH to field of the form.
FIELDS = {
    "MHSEQ": "mhno",
    "MHTERM": "term",
    "MHDECOD": "decod",
    "MHBODSYS": "bodsys",
    "MHPTCD": "ptcd",
    "MHSTDTC": "stdtc",
    "MHENDTC": "endtc",
    "MHENRF": "ongoing",
    "MHTOXGR": "grade",
}


@uses()
def mh(mh: Form, study: View) -> Cleaned:
    """Return MH, one row a condition as recorded; dates stay partial."""
    return assemble("mh", [part(mh, {variable: mh.data[name] for variable, name in FIELDS.items()})], study)
