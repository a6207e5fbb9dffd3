"""Listings of what occurs: each combination of the planned columns once, as the reference ranges of laboratories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.display.listings.records import build_listing
from crf2csr.display.model import Listing
from crf2csr.plan import Plan
from crf2csr.select import select_rows, subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd


@uses()
def distinct(plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View) -> Listing:
    """List each combination of the planned columns and the variables of the order once, among the selected rows of the
    first dataset for the subjects of the population."""
    spec = plan.file.displays[display]
    subjects = subjects_in_set(data["adsl"], plan.file.populations[spec.population].flag)["USUBJID"]
    chosen = select_rows(data[spec.data[0]], spec.where)
    names = list(dict.fromkeys([*(column.variable for column in spec.list_columns), *spec.sort]))
    return build_listing(plan, display, chosen.loc[chosen["USUBJID"].isin(subjects), names].drop_duplicates())
