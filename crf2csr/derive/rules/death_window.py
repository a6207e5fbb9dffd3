"""Deaths near treatment (R-909)."""

from __future__ import annotations

import pandas as pd

from crf2csr.derive.rules.enrollment import yes_no


def derive_death_window(frame: pd.DataFrame, window_days: int) -> pd.DataFrame:
    """Return the frame (one row a subject) with DTHWINFL: death up to `window_days` days after TRTEDT.

    N for other treated subjects; missing without treatment and for a death whose day is not known. R-909.
    """
    near = (frame["DTHDT"] - frame["TRTEDT"]).dt.days.le(window_days)
    known = frame["TRTEDT"].notna() & (frame["DTHFL"].eq("N") | frame["DTHDT"].notna())
    return frame.assign(DTHWINFL=yes_no(near & frame["DTHDT"].notna()).where(known))
