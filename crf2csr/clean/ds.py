"""Disposition (SDTM DS): enrollments, the end of each study drug, the end of study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import Part, assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses()
def ds(enr: Form, eot: Form, eos: Form, study: View) -> Cleaned:
    """Return DS, one row an enrollment, an end of drug and an end of study.

    DSCAT / DSSCAT: `PROTOCOL MILESTONE` / `ENROLLMENT` (DSSEQ the enrollment number), `DISPOSITION EVENT` / the drug,
    `DISPOSITION EVENT` / `STUDY`. DSTERM is the reason as recorded, DSDECOD its term.
    """
    return assemble("ds", [_enrollments(enr), _ends_of_treatment(eot), _ends_of_study(eos)], study)


def _enrollments(enr: Form) -> Part:
    data = enr.data
    variables = {
        "DSCAT": "PROTOCOL MILESTONE",
        "DSSCAT": "ENROLLMENT",
        "DSSEQ": data["enrno"],
        "DSTERM": "ENROLLED",
        "DSDECOD": "ENROLLED",
        "DSSTDTC": data["enrdtc"],
        "ENRPHASE": data["phase"],
        "DOSELVL": data["level"],
        "COHORT": data["cohort"],
        "ENRORD": data["slot"],
        "REENRFL": data["again"],
    }
    return part(enr, variables)


def _ends_of_treatment(eot: Form) -> Part:
    data = eot.data
    variables = {
        "DSCAT": "DISPOSITION EVENT",
        "DSSCAT": data["drug"],
        "DSSEQ": 1,
        "DSTERM": data["reason__raw"],
        "DSDECOD": data["reason"],
        "DSSTDTC": data["lastdtc"],
        "AENO": data["aeno"],
    }
    return part(eot, variables)


def _ends_of_study(eos: Form) -> Part:
    data = eos.data
    variables = {
        "DSCAT": "DISPOSITION EVENT",
        "DSSCAT": "STUDY",
        "DSSEQ": 1,
        "DSTERM": data["reason__raw"],
        "DSDECOD": data["reason"],
        "DSSTDTC": data["eosdtc"],
    }
    return part(eos, variables)
