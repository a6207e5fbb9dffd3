"""Individual concentrations over actual time, semilogarithmic, one panel a subject, with the limit dashed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.display.figures.individual_concentration import draw_profiles, find_profiles, members_of
from crf2csr.display.model import Figure
from crf2csr.plan import Plan
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd


@uses("pk.blq_rule")
def individual_concentration_log(
    plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View
) -> tuple[Figure, dict[str, bytes]]:
    """Draw the profile of each subject as `individual_concentration` does, on a logarithmic scale.

    Values below the limit and zeros are left out; the lower limit of quantification is a dashed line. Raises InputError
    for more subjects than a page has panels. R-1315.
    """
    profiles = find_profiles(plan, display, data)
    return draw_profiles(plan, display, profiles, study["pk.blq_rule"], len(members_of(plan, display, data)), True)
