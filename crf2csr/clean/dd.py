"""Death details (SDTM DD): what the end-of-study form and the follow-up contacts say about a death."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses()
def dd(eos: Form, fu: Form, study: View) -> Cleaned:
    """Return DD, one row a record that reports a death: by date, cause, reason of end of study or survival status.

    DDORIG is the form (`EOS` or `FU`), DDSEQ 1 or the contact number; DTHDTC stays as collected and may be partial or
    missing (R-210).
    """
    ended = (eos.data["dthdtc__raw"].notna() | eos.data["cause__raw"].notna()) | eos.data["reason"].eq("DEATH").fillna(
        False
    )
    reported = fu.data["dthdtc__raw"].notna() | fu.data["status"].eq("DEAD").fillna(False)
    end_of_study = {
        "DDORIG": "EOS",
        "DDSEQ": 1,
        "DTHDTC": eos.data["dthdtc"],
        "DTHCAUS": eos.data["cause"],
    }
    contact = {"DDORIG": "FU", "DDSEQ": fu.data["funo"], "DTHDTC": fu.data["dthdtc"]}
    return assemble("dd", [part(eos, end_of_study, ended), part(fu, contact, reported)], study)
