"""Local anticancer therapy (SDTM PR), before the study and on it: radiotherapy and surgery, lesions treated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

LOCAL = ["RADIOTHERAPY", "SURGERY"]
#: Variable of PR to field of both forms.
FIELDS = {"PRSCAT": "kind", "PRCLAS": "class", "PRTRT": "agent", "PRSTDTC": "stdtc", "PRENDTC": "endtc"}
#: Variable of PR to field of the form of prior therapy.
PRIOR = {"PRSEQ": "ptxno", **FIELDS, "PRLINE": "line", "PRSETTING": "setting", "PRRESP": "bestresp"}


@uses()
def pr(act: Form, ptx: Form, study: View) -> Cleaned:
    """Return PR, one row a procedure, PRCAT telling when. PRLESION lists lesion ids separated by a semicolon, however
    the site separated them (R-516)."""
    given = {variable: act.data[name] for variable, name in {"PRSEQ": "actno", **FIELDS}.items()}
    given |= {
        "PRCAT": "ON-STUDY CANCER THERAPY",
        "PRLESION": act.data["lesions"].str.findall(r"[^\s;,/]+").str.join("; ").astype("string"),
    }
    prior = {variable: ptx.data[name] for variable, name in PRIOR.items()} | {"PRCAT": "PRIOR CANCER THERAPY"}
    parts = [
        part(act, given, act.data["kind"].isin(LOCAL)),
        part(ptx, prior, ptx.data["kind"].isin(LOCAL)),
    ]
    return assemble("pr", parts, study)
