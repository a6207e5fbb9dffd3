"""Survival status (SDTM SS): one row a follow-up contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses()
def ss(fu: Form, study: View) -> Cleaned:
    """Return SS, one row a contact, made or not (SSDONE), with status, new therapy and progression as reported."""
    data = fu.data
    variables = {
        "SSSEQ": data["funo"],
        "SSDTC": data["fudtc"],
        "SSDONE": data["done"],
        "SSSTRESC": data["status"],
        "DTHDTC": data["dthdtc"],
        "SSNEWTX": data["newtx"],
        "SSPD": data["pd"],
    }
    return assemble("ss", [part(fu, variables)], study)
