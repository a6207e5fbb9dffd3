"""Deaths up to a number of days after the last dose (R-909)."""

import pandas as pd

from crf2csr.derive.rules.death_window import derive_death_window
from tests.builders import table


def test_death_is_counted_in_days_from_the_last_dose():
    frame = table(
        """
        DTHFL | DTHDT      | TRTEDT
        Y     | 2019-03-31 | 2019-03-01
        Y     | 2019-04-01 | 2019-03-01
        N     |            | 2019-03-01
        Y     |            | 2019-03-01
        Y     | 2019-03-31 |
        """
    )
    days = frame.assign(**{n: pd.to_datetime(frame[n]).astype("datetime64[ns]") for n in ("DTHDT", "TRTEDT")})
    # 1 March + 30 days = 31 March; a death without a day, or without treatment, is neither.
    assert derive_death_window(days, 30)["DTHWINFL"].fillna("").tolist() == ["Y", "N", "N", "", ""]
