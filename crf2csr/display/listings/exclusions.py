"""The listing of subjects outside the analysis sets: each flag that is not Y becomes a line with its reason (R-303)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.display.listings.records import build_listing
from crf2csr.display.model import Listing
from crf2csr.plan import Plan
from crf2csr.select import subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd


@uses()
def exclusions(plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View) -> Listing:
    """List subject, set and reason for every set of the plan that a subject of the population is not in; SET and
    EXCLREAS are made here."""
    import pandas as pd

    spec = plan.file.displays[display]
    adsl = data["adsl"]
    inside = subjects_in_set(adsl, plan.file.populations[spec.population].flag)
    stacked = []
    for item in spec.stack:
        outside = inside.loc[inside[item.flag] != "Y"]
        stacked.append(outside.assign(SET=item.label, EXCLREAS=outside[item.reason]))
    return build_listing(plan, display, pd.concat(stacked).astype({"SET": "string"}))
