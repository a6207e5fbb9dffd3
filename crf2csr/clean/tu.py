"""Tumor identification (SDTM TU): one row a lesion, from the visit that first records it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.domains import Part, assemble, part, visit_numbers
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


@uses("visit.schedule")
def tu(tl: Form, ntl: Form, nl: Form, study: View) -> Cleaned:
    """Return TU: target and non-target lesions at their first visit, new lesions at their first sighting (answer Y).

    First is the lowest visit number, then the earliest date as text, then the raw row; a visit outside the schedule
    comes last. Organ, side and nodal type are those of that visit; a later change is a query (Q-715), never a
    correction.
    """
    numbers = visit_numbers(study["visit.schedule"])
    sighted = nl.data["present"].eq("Y").fillna(False)
    parts = [
        _lesions(tl, "TARGET", _first(tl, numbers, pd.Series(True, tl.data.index))),
        _lesions(ntl, "NON-TARGET", _first(ntl, numbers, pd.Series(True, ntl.data.index))),
        _lesions(nl, "NEW", _first(nl, numbers, sighted)),
    ]
    return assemble("tu", parts, study)


def _first(form: Form, numbers: dict[str, float], among: pd.Series) -> pd.Series:
    """Return which records are the first of their lesion; records of one lesion and visit that TR withholds are
    passed over."""
    data = form.data[form.data["lesion"].notna() & ~form.data.duplicated(["SUBJECT", "VISIT", "lesion"], keep=False)]
    data = data[among.loc[data.index]]
    order = data.assign(number=data["VISIT"].map(numbers)).sort_values(["number", "dtc", "RAWROW"], kind="stable")
    first = order.drop_duplicates(["SUBJECT", "lesion"]).index
    return pd.Series(form.data.index.isin(first), index=form.data.index)


def _lesions(form: Form, group: str, rows: pd.Series) -> Part:
    data = form.data
    variables = {
        "TUGRPID": group,
        "TULNKID": data["lesion"],
        "TULOC": data["organ"],
        "TUNODAL": data["nodal"],
        "TUDTC": data["dtc"],
    }
    optional = {"TULAT": "side", "TUMETHOD": "method"}
    variables |= {variable: data[name] for variable, name in optional.items() if name in data}
    return part(form, variables, rows)
