"""What a laboratory parameter amounts to for a subject: worst grades, peaks, potential Hy's law (R-1005 to R-1008)."""

from __future__ import annotations

import pandas as pd

from crf2csr.derive.rules.enrollment import yes_no

#: AVISIT of the rows that sum up, by direction: the grade of the record, the order of ties (the more extreme value).
WORST = {"L": ("WORST LOW", "ATOXGRL", "ATOXDSCL", True), "H": ("WORST HIGH", "ATOXGRH", "ATOXDSCH", False)}
PEAK = "PEAK"
MISSING = "Missing"
#: A value is listed from this grade on, or this many grades above baseline (house).
SEVERE, RISE = 3, 2
#: Parameters of the liver whose peaks are kept, and those that define potential Hy's law.
HEPATIC = ("ALT", "AST", "BILI", "ALP")
AMINOTRANSFERASES, BILIRUBIN, PHOSPHATASE = ("ALT", "AST"), "BILI", "ALP"
#: Multiples of ULN of R-1008, and the days within which bilirubin may follow.
AMINOTRANSFERASE_LIMIT, BILIRUBIN_LIMIT, PHOSPHATASE_LIMIT, FOLLOWING_DAYS = 3, 2, 2, 30
#: PARAMCD of the two rows of potential Hy's law.
HYS_LAW = {
    "HYSLAW1": "Potential Hy's law: ALT or AST > 3 x ULN, bilirubin > 2 x ULN within 30 days",
    "HYSLAW2": "Potential Hy's law with ALP < 2 x ULN",
}


def worst_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a subject, parameter and direction that has a CTCAE term: the worst grade on treatment.

    AVISIT WORST LOW or WORST HIGH; EVALFL whether a value on treatment is graded, ATOXGR the highest grade of these
    (text, missing without any), BTOXGR the grade at baseline or Missing, WORSFL and WORS3FL (of those with both)
    whether the grade rose and rose to 3 or 4; ROW is the record that gives it (the most extreme value, then the
    earliest, then the first in the order of `frame`). Unscheduled visits count. R-1005 to R-1007.
    """
    return pd.concat([_worst(frame, *names) for names in WORST.values()], ignore_index=True)


def _worst(frame: pd.DataFrame, visit: str, grade: str, term: str, lowest: bool) -> pd.DataFrame:
    place = ["USUBJID", "PARAMCD"]
    own = frame[frame[term].notna()]
    graded = own[own["ONTRTFL"].eq("Y") & own[grade].notna()]
    order = graded.sort_values([grade, "AVAL", "FIRST"], ascending=[False, lowest, True], kind="stable")
    top = order.drop_duplicates(place)
    base = own.loc[own["ABLFL"].eq("Y"), [*place, grade]].rename(columns={grade: "BGRADE"})
    rows = own[place].drop_duplicates().merge(top, how="left", on=place).merge(base, how="left", on=place)
    both = rows[grade].notna() & rows["BGRADE"].notna()
    rose = rows[grade].gt(rows["BGRADE"]).fillna(False)
    return rows.assign(
        AVISIT=visit,
        AVISITN=pd.Series(pd.NA, index=rows.index, dtype="Float64"),
        EVALFL=yes_no(rows[grade].notna()),
        ATOXGR=rows[grade].astype("string"),
        BTOXGR=rows["BGRADE"].astype("string").fillna(MISSING),
        WORSFL=yes_no(rose).where(both),
        WORS3FL=yes_no(rose & rows[grade].ge(3).fillna(False)).where(both),
        ABLFL=pd.Series(pd.NA, index=rows.index, dtype="string"),
    )


def derive_remarkable(frame: pd.DataFrame, after: pd.Series, hepatic: pd.DataFrame) -> pd.DataFrame:
    """Return the values with CRIT1FL: grade 3 or 4, or, of those `after` the baseline, at least two grades above it in
    one direction; and CRIT2FL: that, or one of the ROWS of potential Hy's law. Y or missing.

    A missing grade at baseline is no grade 0: such a value counts from grade 3 on. R-1020.
    """
    place, marked = ["USUBJID", "PARAMCD"], pd.Series(False, index=frame.index)
    for _, grade, _, _ in WORST.values():
        base = frame.loc[frame["ABLFL"].eq("Y"), [*place, grade]].rename(columns={grade: "BGRADE"})
        before = frame[place].merge(base, how="left", on=place)["BGRADE"].set_axis(frame.index)
        severe = frame[grade].ge(SEVERE) | (after & (frame[grade] - before).ge(RISE))
        marked |= severe.fillna(False).astype(bool)
    hys = {row for rows in hepatic["ROWS"] for row in rows}
    yes = pd.Series("Y", index=frame.index, dtype="string")
    return frame.assign(CRIT1FL=yes.where(marked), CRIT2FL=yes.where(marked | frame["ROW"].isin(hys)))


def peak_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a subject and hepatic parameter with a multiple of ULN on treatment: the highest (AVISIT PEAK),
    with the record that gives it in ROW. R-1008."""
    known = frame[frame["PARAMCD"].isin(HEPATIC) & frame["ONTRTFL"].eq("Y") & frame["R2ANRHI"].notna()]
    order = known.sort_values(["R2ANRHI", "FIRST"], ascending=[False, True], kind="stable")
    peaks = order.drop_duplicates(["USUBJID", "PARAMCD"]).assign(AVISIT=PEAK)
    return peaks.assign(AVISITN=pd.NA, ABLFL=pd.NA).astype({"AVISITN": "Float64", "ABLFL": "string"})


def hys_law_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return two rows a subject with the records that meet potential Hy's law in ROWS; a subject without a multiple of
    ALT or AST, or of bilirubin, on treatment has none: nobody can say.

    HYSLAW1: ALT or AST > 3 x ULN and bilirubin > 2 x ULN on that date or up to 30 days after, whatever ALP is. HYSLAW2:
    the same with ALP < 2 x ULN on the date of ALT or AST. AVALC Y or N. R-1008 (second row: house rule).
    """
    known = frame[frame["PARAMCD"].isin(HEPATIC) & frame["ONTRTFL"].eq("Y") & frame["R2ANRHI"].notna()]
    known = known[known["ADT"].notna()]
    liver = known[known["PARAMCD"].isin(AMINOTRANSFERASES) & known["R2ANRHI"].gt(AMINOTRANSFERASE_LIMIT)]
    high = known[known["PARAMCD"].eq(BILIRUBIN) & known["R2ANRHI"].gt(BILIRUBIN_LIMIT)]
    pairs = liver.merge(high[["USUBJID", "ADT", "ROW"]], on="USUBJID", suffixes=("", "_BILI"))
    days = (pairs["ADT_BILI"] - pairs["ADT"]).dt.days
    pairs = pairs[days.between(0, FOLLOWING_DAYS)]
    normal = known[known["PARAMCD"].eq(PHOSPHATASE) & known["R2ANRHI"].lt(PHOSPHATASE_LIMIT)]
    second = pairs.merge(normal[["USUBJID", "ADT", "ROW"]], on=["USUBJID", "ADT"], suffixes=("", "_ALP"))
    both = (known.loc[known["PARAMCD"].isin(codes), "USUBJID"] for codes in (AMINOTRANSFERASES, [BILIRUBIN]))
    people = sorted(set.intersection(*map(set, both)))
    rows = []
    for code, met, sources in (
        ("HYSLAW1", pairs, ["ROW", "ROW_BILI"]),
        ("HYSLAW2", second, ["ROW", "ROW_BILI", "ROW_ALP"]),
    ):
        behind = {usubjid: sorted(set(own[sources].to_numpy().ravel())) for usubjid, own in met.groupby("USUBJID")}
        rows += [
            {
                "USUBJID": usubjid,
                "PARAMCD": code,
                "AVISIT": PEAK,
                "AVALC": "Y" if usubjid in behind else "N",
                "ROWS": behind.get(usubjid, []),
            }
            for usubjid in people
        ]
    return pd.DataFrame(rows, columns=["USUBJID", "PARAMCD", "AVISIT", "AVALC", "ROWS"])
