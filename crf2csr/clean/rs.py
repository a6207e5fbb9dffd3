"""Disease response by the investigator (SDTM RS): target, non-target and overall response, tumor markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import Part, assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

#: Test code to field of the form.
TESTS = {"TRGRESP": "target", "NTRGRESP": "nontarget", "OVRLRESP": "overall", "MARKER": "marker"}


@uses("visit.schedule")
def rs(rs: Form, study: View) -> Cleaned:
    """Return RS, one row a test and visit: RSORRES as recorded, RSSTRESC the term.

    A visit always has its OVRLRESP row, even if the answer is blank; the other tests have a row where something was
    recorded.
    """
    return assemble("rs", [_test(rs, code, name) for code, name in TESTS.items()], study)


def _test(rs: Form, code: str, name: str) -> Part:
    data = rs.data
    variables = {
        "RSTESTCD": code,
        "RSDTC": data["dtc"],
        "RSEVAL": "INVESTIGATOR",
        "RSORRES": data[f"{name}__raw"],
        "RSSTRESC": data[name],
    }
    rows = None if code == "OVRLRESP" else data[f"{name}__raw"].notna()
    return part(rs, variables, rows, fields={"RSORRES": (name,), "RSSTRESC": (name,)})
