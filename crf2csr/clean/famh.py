"""Disease history (SDTM FAMH, a split dataset of FA): diagnosis, stage, receptors, metastatic sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import Part, assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

#: Test code to field of the form, in the order of the form.
TESTS = {
    "INDXDTC": "indxdtc",
    "METDTC": "metdtc",
    "STAGE": "stage",
    "HISTOL": "histol",
    "ERPCT": "erpct",
    "PGRPCT": "pgrpct",
    "HER2IHC": "her2ihc",
    "HER2ISH": "her2ish",
    "METSITES": "metsites",
    "BRAINMET": "brainmet",
}
#: Tests whose result is a number, with its unit.
NUMBERS = {"ERPCT": "%", "PGRPCT": "%"}


@uses()
def famh(dxh: Form, study: View) -> Cleaned:
    """Return FAMH, one row a test and subject: FAORRES as recorded, FASTRESC the term, the number, the ISO date
    (partial as recorded) or the metastatic sites in one text; a test without answer keeps its row."""
    return assemble("famh", [_test(dxh, code, name) for code, name in TESTS.items()], study)


def _test(dxh: Form, code: str, name: str) -> Part:
    data = dxh.data
    variables = {
        "FATESTCD": code,
        "FAOBJ": "BREAST CANCER",
        "FAORRES": data[f"{name}__raw"],
        "FASTRESC": data[name],
    }
    if code in NUMBERS:
        variables |= {"FASTRESN": data[name], "FASTRESU": NUMBERS[code]}
    return part(dxh, variables, fields=dict.fromkeys(("FAORRES", "FASTRESC", "FASTRESN"), (name,)))
