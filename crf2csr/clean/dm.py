"""Demographics (SDTM DM): one row a screened subject; arm and treatment dates belong to ADSL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, date_time, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses()
def dm(dm: Form, enr: Form, study: View) -> Cleaned:
    """Return DM: every subject of the demography form, screened only or enrolled.

    `enr` is an input because SDTM derives the arm from it; the contract leaves ARM to ADSL, so no value is taken from
    it. RFICDTC is consent date and time; a partial date carries no time (R-201).
    """
    del enr
    data = dm.data
    variables = {
        "SUBJID": data["SUBJECT"],
        "SITEID": data["SITE"],
        "BRTHDTC": data["brthdtc"],
        "SEX": data["sex"],
        "RACE": data["race"],
        "ETHNIC": data["ethnic"],
        "RFICDTC": date_time(data["icdtc"], data["ictm"]),
        "MENOPAUS": data["menopaus"],
    }
    return assemble("dm", [part(dm, variables)], study)
