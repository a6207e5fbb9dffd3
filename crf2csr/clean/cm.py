"""Medication and systemic anticancer therapy (SDTM CM): before the study, beside it and after study treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crf2csr.clean.domains import Part, assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

PRIOR, CONCOMITANT, ON_STUDY = "PRIOR CANCER THERAPY", "CONCOMITANT MEDICATION", "ON-STUDY CANCER THERAPY"
#: Variable of CM to field of the form of concomitant medication.
MEDICATION = {
    "CMSEQ": "cmno",
    "CMTRT": "trt",
    "CMDECOD": "decod",
    "CMCLAS": "atctx",
    "CMCLASCD": "atc",
    "CMINDC": "indc",
    "CMROUTE": "route",
    "CMSTDTC": "stdtc",
    "CMENDTC": "endtc",
    "CMENRF": "ongoing",
}
#: Variable of CM to field of the forms of cancer therapy.
THERAPY = {"CMSCAT": "kind", "CMCLAS": "class", "CMTRT": "agent", "CMSTDTC": "stdtc", "CMENDTC": "endtc"}
ON_STUDY_THERAPY = {"CMSEQ": "actno", **THERAPY}
PRIOR_THERAPY = {"CMSEQ": "ptxno", **THERAPY, "CMLINE": "line", "CMSETTING": "setting", "CMRESP": "bestresp"}


@uses()
def cm(act: Form, cm: Form, ptx: Form, study: View) -> Cleaned:
    """Return CM, one row a medication or systemic therapy, CMCAT telling which; radiotherapy and surgery are in PR.

    A therapy whose kind is missing or unreadable is in neither domain: it is withheld here and listed, because local
    therapy and systemic therapy have opposite consequences (R-210, R-516).
    """
    return assemble(
        "cm",
        [
            _systemic(act, ON_STUDY, ON_STUDY_THERAPY),
            part(cm, {"CMCAT": CONCOMITANT} | _columns(cm, MEDICATION)),
            _systemic(ptx, PRIOR, PRIOR_THERAPY),
        ],
        study,
    )


def _systemic(form: Form, category: str, fields: dict[str, str]) -> Part:
    systemic = form.data["kind"].eq("SYSTEMIC").fillna(True)
    return part(form, {"CMCAT": category} | _columns(form, fields), systemic, required=("CMSCAT",))


def _columns(form: Form, fields: dict[str, str]) -> dict[str, Any]:
    return {variable: form.data[name] for variable, name in fields.items()}
