"""Cross checks of pharmacokinetic samples (Q-1000) that need no derived parameter."""

from __future__ import annotations

from calendar import monthcalendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.cross_check_tools import before, doubt, found, true

if TYPE_CHECKING:
    from crf2csr.study import View

VOMITING = "vomit"
#: A result below a limit that it names.
LIMIT_TEXT = r"^\s*<\s*([0-9]+(?:[.,][0-9]+)?)\s*$"
#: Days on which clocks go forward and back: (month, which Sunday of it, hour); energy policy act of 2005 of the United
#: States, directive 2000/84/EC (hour of central Europe).
CLOCKS = {"us": ((3, 2, 2), (11, 1, 2)), "eu": ((3, -1, 2), (10, -1, 3))}


def windows(study: View) -> dict[int, tuple[int, int]]:
    """Return, for each planned hour of a profile, the minutes from the dose between which its sample is drawn.

    `pk.windows_min` gives minutes from the planned time for `2h` and the like, from the dose for `predose` (0 h).
    R-1303.
    """
    given = study["pk.windows_min"]
    hours = {int(name[:-1]): limits for name, limits in given.items() if name.endswith("h") and name[:-1].isdigit()}
    later = {hour: (hour * 60 + low, hour * 60 + high) for hour, (low, high) in hours.items()}
    return {0: given["predose"], **dict(sorted(later.items()))}


def planned_times(pc: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-1001: nominal time that the visit does not plan: those of `pk.windows_min` at `pk.cmax_days`, 0 h at
    `pk.trough_days`."""
    days, troughs, hours = study["pk.cmax_days"], study["pk.trough_days"], list(windows(study))
    profile = pc["VISIT"].isin(days) & pc["PCTPTNUM"].isin(hours)
    trough = pc["VISIT"].isin(troughs) & pc["PCTPTNUM"].eq(0)
    expected = f"expected {', '.join(map(str, hours))} h ({', '.join(days)}) or 0 h ({', '.join(troughs)})"
    return doubt(pc[~true(profile) & ~true(trough)], "pc", "PCTPTNUM", "Q-1001", expected)


def sample_order(pc: pd.DataFrame) -> pd.DataFrame:
    """Q-1002: labeled after the dose and drawn before it, or the reverse; time of the dose missing although it was
    taken.

    The 0 h sample is the pre-dose sample (`pk.zero_is_predose`). A sample that was not drawn is left out.
    """
    drawn = pc[pc["PCDTC"].notna()]
    pre = true(drawn["PCTPTNUM"].eq(0))
    untimed = ~true(drawn["PCRFTDTC"].str.len().eq(16)) & ~true(drawn["DOSPROB"].eq("MISSED"))
    return found(
        doubt(
            drawn[~pre & before(drawn["PCDTC"], drawn["PCRFTDTC"])], "pc", "PCDTC", "Q-1002", "expected after the dose"
        ),
        doubt(
            drawn[pre & before(drawn["PCRFTDTC"], drawn["PCDTC"])], "pc", "PCDTC", "Q-1002", "expected before the dose"
        ),
        doubt(drawn[untimed], "pc", "PCRFTDTC", "Q-1002", "expected date and time of the dose"),
    )


def sample_windows(pc: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-1003: drawn outside the window (`pk.windows_min`) of its planned time after the dose of the day; the trough is
    checked by Q-1008."""
    limits = windows(study)
    rows = pc[pc["VISIT"].isin(study["pk.cmax_days"]) & pc["PCTPTNUM"].isin(list(limits))]
    minutes = _minutes(rows["PCDTC"], rows["PCRFTDTC"])
    low, high = (rows["PCTPTNUM"].map({hour: window[end] for hour, window in limits.items()}) for end in (0, 1))
    pre = true(rows["PCTPTNUM"].eq(0)) & true(minutes > 0)  # a pre-dose sample after the dose is Q-1002
    outside = true((minutes < low) | (minutes > high)) & ~pre
    return doubt(rows[outside], "pc", "PCDTC", "Q-1003", "outside the window of the planned time")


def _minutes(end: pd.Series, start: pd.Series) -> pd.Series:
    times = [pd.to_datetime(text.where(true(text.str.len().eq(16))), format="%Y-%m-%dT%H:%M") for text in (end, start)]
    return (times[0] - times[1]).dt.total_seconds() / 60


def clock_changes(pc: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-1003: the clocks were changed (`pk.clock_change`) between the dose and the sample, so that the time between
    them is an hour more or less than the recorded local times say; these are used as they are. R-1301.

    The dose is that of the day, of a trough that of the day before.
    """
    if study["pk.clock_change"] == "none":
        return doubt(pc.iloc[:0], "pc", "PCDTC", "Q-1003")
    dose = pc["PCRFTDTC"].mask(true(pc["VISIT"].isin(study["pk.trough_days"])), pc["PCPRVDTC"])
    timed = pc[true(pc["PCDTC"].str.len().eq(16) & dose.str.len().eq(16))]
    times = zip(timed.index, dose[timed.index], timed["PCDTC"], strict=True)
    changes = [(row, hours) for row, start, end in times for hours in _changes(start, end, study["pk.clock_change"])]
    text = "the clocks were changed since the dose: the time between is an hour {} than recorded"
    return found(
        *(
            doubt(pc.loc[[row for row, h in changes if h == hours]], "pc", "PCDTC", "Q-1003", text.format(word))
            for hours, word in ((1, "longer"), (-1, "shorter"))
        )
    )


def _changes(start: str, end: str, rule: str) -> Iterator[int]:
    """Yield -1 for each time that clocks went forward between two local times, 1 for each time that they went back."""
    for year in range(int(start[:4]), int(end[:4]) + 1):
        for hours, (month, which, hour) in zip((-1, 1), CLOCKS[rule], strict=True):
            sundays = [week[6] for week in monthcalendar(year, month) if week[6]]
            day = sundays[which - 1 if which > 0 else which]
            if start < f"{year:04}-{month:02}-{day:02}T{hour:02}:00" <= end:
                yield hours


def drug_before_dose(pc: pd.DataFrame) -> pd.DataFrame:
    """Q-1006: a quantifiable concentration before the first dose."""
    first = pc["VISIT"].eq("C1D1") & pc["PCTPTNUM"].eq(0)
    return doubt(pc[true(first & (pc["PCSTRESN"] >= pc["PCLLOQ"]))], "pc", "PCORRES", "Q-1006", "expected BLQ")


def trough_conditions(pc: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-1008: a trough after missed doses, or after a number of them that is not known, or outside its window after the
    dose of the day before (`pk.windows_min`; R-1303, R-1304)."""
    low, high = study["pk.windows_min"]["trough"]
    rows = pc[pc["VISIT"].isin(study["pk.trough_days"]) & pc["PCTPTNUM"].eq(0)]
    minutes = _minutes(rows["PCDTC"], rows["PCPRVDTC"])
    apart = true((minutes < low) | (minutes > high))
    unknown = rows["PCDTC"].notna() & rows["MISSED7"].isna()
    return found(
        doubt(rows[unknown], "pc", "MISSED7", "Q-1008", "expected a number; without it the trough is not summarized"),
        doubt(rows[true(rows["MISSED7"] > 0)], "pc", "MISSED7", "Q-1008", "expected every dose of the 7 days before"),
        doubt(
            rows[apart],
            "pc",
            "PCDTC",
            "Q-1008",
            f"expected {low / 60:g} to {high / 60:g} h after the dose of the day before",
        ),
    )


def trough_doses(pc: pd.DataFrame, ex: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-1008: the doses missed before a trough cannot be those of the exposure records. R-1304.

    Of the 7 days before it, a day without a given palbociclib record was missed; of a record, at most the doses that it
    lacks (days less doses taken, all of them if these are not recorded). A count of the sampling form outside these
    limits is queried. A subject with a record whose first or last day is not known is left out.
    """
    rows = pc[pc["VISIT"].isin(study["pk.trough_days"]) & pc["PCTPTNUM"].eq(0) & pc["MISSED7"].notna()]
    doses = ex[ex["EXTRT"].eq("PALBOCICLIB").fillna(False)]
    wrong = []
    for row in rows[true(rows["PCDTC"].str.len() >= 10)].itertuples():
        limits = _missed_limits(doses[doses["USUBJID"].eq(row.USUBJID)], date.fromisoformat(row.PCDTC[:10]))
        if limits and not limits[0] <= row.MISSED7 <= limits[1]:
            wrong.append(row.Index)
    return doubt(pc.loc[wrong], "pc", "MISSED7", "Q-1008", "the exposure records do not agree with this number")


def _missed_limits(doses: pd.DataFrame, day: date) -> tuple[int, int] | None:
    """Return the fewest and the most palbociclib doses that records allow to be missed in the 7 days before a day."""
    if doses.empty or not true(doses["EXSTDTC"].str.len().eq(10) & doses["EXENDTC"].str.len().eq(10)).all():
        return None
    window = {day - timedelta(days=back) for back in range(1, 8)}
    covered: set[date] = set()
    lacking = 0
    for dose in doses[true(doses["EXOCCUR"].eq("Y") & doses["EXDOSE"].ne(0))].itertuples():
        start, end = date.fromisoformat(dose.EXSTDTC), date.fromisoformat(dose.EXENDTC)
        length = (end - start).days + 1
        inside = {one for one in window - covered if start <= one <= end}
        lacking += len(inside) if pd.isna(dose.DOSESTK) else min(len(inside), max(length - int(dose.DOSESTK), 0))
        covered |= inside
    fewest = len(window - covered)
    return fewest, fewest + lacking


def repeated_samples(pc: pd.DataFrame) -> pd.DataFrame:
    """Q-1004: two samples of a subject at one time, or a specimen id used twice."""
    rows = pc.sort_values(["USUBJID", "VISITNUM", "PCTPTNUM"], kind="stable")
    timed = rows[true(rows["PCDTC"].str.len().eq(16))]
    return found(
        doubt(
            timed[timed.duplicated(["USUBJID", "PCTESTCD", "PCDTC"])],
            "pc",
            "PCDTC",
            "Q-1004",
            "another sample has this time",
        ),
        doubt(rows[rows.duplicated(["PCTESTCD", "PCSPID"])], "pc", "PCSPID", "Q-1004", "another sample has this id"),
    )


def below_limit(pc: pd.DataFrame) -> pd.DataFrame:
    """Q-1005: a number below the limit of quantification, or a text such as `<2.00` that names another limit than the
    record."""
    limit = pd.to_numeric(pc["PCORRES"].str.extract(LIMIT_TEXT)[0].str.replace(",", ".", regex=False))
    other = true(limit.notna() & (limit.astype("Float64") != pc["PCLLOQ"]))
    return found(
        doubt(pc[true(pc["PCSTRESN"] < pc["PCLLOQ"])], "pc", "PCORRES", "Q-1005", "expected BLQ"),
        doubt(pc[other], "pc", "PCORRES", "Q-1005", "expected the limit of the record; the value counts as BLQ"),
    )


def dose_problems(pc: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-1009: dose of the day missed or vomited; vomiting recorded as an adverse event that started on the day of the
    dose."""
    marked = pc["DOSPROB"].isin(["MISSED", "VOMITED"])
    term = ae["AEDECOD"].fillna(ae["AETERM"]).str.casefold()
    events = ae[true(term.str.contains(VOMITING)) & true(ae["AESTDTC"].str.len() >= 10)]
    days = pd.MultiIndex.from_arrays([events["USUBJID"], events["AESTDTC"]])
    sick = pd.MultiIndex.from_arrays([pc["USUBJID"], pc["PCRFTDTC"].str.slice(0, 10)]).isin(days)
    after = true(pc["PCTPTNUM"] > 0)
    return found(
        doubt(pc[marked], "pc", "DOSPROB", "Q-1009", "the profile may not be evaluable"),
        doubt(pc[~marked & sick & after], "pc", "PCRFTDTC", "Q-1009", "vomiting is recorded on this day"),
    )


def samples_and_results(pc: pd.DataFrame) -> pd.DataFrame:
    """Q-1010: no result and no reason (not done, dose missed); a result and no sample."""
    drawn, reported, missed = pc["PCDTC"].notna(), pc["PCORRES"].notna(), true(pc["DOSPROB"].eq("MISSED"))
    measured = reported & pc["PCSTAT"].isna()
    return found(
        doubt(pc[~reported & ~missed], "pc", "PCORRES", "Q-1010", "expected a result or a reason"),
        doubt(pc[measured & ~drawn], "pc", "PCDTC", "Q-1010", "there is a result; expected the sample time"),
    )
