"""Exposure (SDTM EX): dosing periods of the oral drugs and infusions of T-DM1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import Part, assemble, date_time, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses("visit.schedule")
def ex(ex_oral: Form, ex_tdm1: Form, study: View) -> Cleaned:
    """Return EX, one row a dosing period (palbociclib, letrozole; mg a day) and an infusion (T-DM1; mg), given or not
    (EXOCCUR).

    Dates are ISO and may be partial. An infusion ends on its own day, with its end time where that is recorded.
    """
    return assemble("ex", [_oral(ex_oral), _infusions(ex_tdm1)], study)


def _oral(ex_oral: Form) -> Part:
    data = ex_oral.data
    variables = {
        "EXTRT": data["drug"],
        "EXSEQ": data["exno"],
        "EXCAT": "ORAL",
        "EXOCCUR": data["given"],
        "EXSTDTC": data["stdtc"],
        "EXENDTC": data["endtc"],
        "EXDOSE": data["dose"],
        "EXDOSU": data["dosu"],
        "DOSESTK": data["taken"],
        "UNITSDSP": data["dispensed"],
        "UNITSRET": data["returned"],
        "EXLOT": data["lot"],
    }
    return part(ex_oral, variables)


def _infusions(ex_tdm1: Form) -> Part:
    data = ex_tdm1.data
    variables = {
        "EXTRT": "T-DM1",
        "EXSEQ": data["cycle"],
        "EXCAT": "INFUSION",
        "EXOCCUR": data["given"],
        "EXSTDTC": date_time(data["exdtc"], data["sttm"]),
        "EXENDTC": date_time(data["exdtc"], data["entm"]),
        "EXDOSE": data["mg"],
        "EXDOSU": "mg",
        "EXWEIGHT": data["weight"],
        "EXMGKG": data["mgkg"],
        "EXVOL": data["volume"],
        "EXLOT": data["lot"],
    }
    return part(ex_tdm1, variables)
