"""Dose modifications (SDTM EC): holds, reductions, delays and withdrawals of a study drug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses()
def ec(dosemod: Form, study: View) -> Cleaned:
    """Return EC, one row a modification; ECSTDTC its date, ECENDTC the day dosing resumed, ECDOSE the new dose in the
    unit of the drug."""
    data = dosemod.data
    variables = {
        "ECSEQ": data["modno"],
        "ECTRT": data["drug"],
        "ECACTION": data["action"],
        "ECSTDTC": data["moddtc"],
        "ECENDTC": data["resdtc"],
        "ECDOSE": data["newdose"],
        "ECREASOC": data["reason"],
        "AENO": data["aeno"],
    }
    return assemble("ec", [part(dosemod, variables)], study)
