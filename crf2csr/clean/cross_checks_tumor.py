"""Cross checks of tumor assessments (Q-700) that need no derived response."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    before,
    doubt,
    first_rows,
    found,
    true,
)

if TYPE_CHECKING:
    pass

MEASURED = ["MEASURED", "TOO SMALL TO MEASURE"]
LARGEST, FOLD = 300, 3  # mm and ratio beyond which a diameter is doubted


def missing_details(tr: pd.DataFrame) -> pd.DataFrame:
    """Q-702: organ, date, method, nodal type or state missing; an answer that no new lesion was seen needs none of
    them."""
    new, seen = tr["TRGRPID"].eq("NEW"), true(tr["TRSTRESC"].eq("Y"))
    about = tr[~new | seen]
    old, targets = about[about["TRGRPID"].ne("NEW")], about[about["TRGRPID"].eq("TARGET")]
    looked = old[~true(old["TRSTATE"].eq("NOT EVALUATED") | old["TRSTRESC"].eq("NOT EVALUATED"))]
    states = about[about["TRGRPID"].eq("NON-TARGET")]
    wanted = [(about, "TRLOC"), (about, "TRDTC"), (looked, "TRMETHOD"), (targets, "TRNODAL"), (states, "TRSTRESC")]
    return found(*(doubt(rows[rows[variable].isna()], "tr", variable, "Q-702") for rows, variable in wanted))


def measured_twice(tr: pd.DataFrame) -> pd.DataFrame:
    """Q-705: one target lesion, one scan date, two visits; one id for a target and a non-target lesion of a visit."""
    rows = tr[tr["TRGRPID"].eq("TARGET") & tr["TRDTC"].notna() & tr["TRSTATE"].isin(MEASURED)]
    rows = rows[true(rows["TRDTC"].str.len() >= 10)].sort_values(["USUBJID", "VISITNUM"], kind="stable")
    others, place = tr[tr["TRGRPID"].eq("NON-TARGET") & tr["VISIT"].notna()], ["USUBJID", "VISIT", "TRLNKID"]
    targets = pd.MultiIndex.from_frame(tr.loc[tr["TRGRPID"].eq("TARGET"), place])
    shared = others[pd.MultiIndex.from_frame(others[place]).isin(targets)].sort_values("VISITNUM", kind="stable")
    text = "the id of a target lesion; expected one of its own"
    return found(
        doubt(rows[rows.duplicated(["USUBJID", "TRLNKID", "TRDTC"])], "tr", "TRSTRESC", "Q-705"),
        doubt(shared.drop_duplicates(["USUBJID", "TRLNKID"]), "tr", "TRLNKID", "Q-705", text),
    )


def changed_lesions(tr: pd.DataFrame) -> pd.DataFrame:
    """Q-715: organ or nodal type differs from the first visit; measured again after absent; no row at a visit with
    other targets."""
    rows = tr[tr["TRGRPID"].eq("TARGET") & tr["VISITNUM"].notna()].sort_values(
        ["USUBJID", "TRLNKID", "VISITNUM"], kind="stable"
    )
    lesion = [rows["USUBJID"], rows["TRLNKID"]]
    organ = rows["TRLOC"].str.strip().str.casefold()
    moved = true(organ.ne(organ.groupby(lesion).transform("first")))
    retyped = true(rows["TRNODAL"].ne(rows.groupby(lesion)["TRNODAL"].transform("first")))
    gone = rows["TRSTATE"].eq("ABSENT").astype("Int64")
    back = true(gone.groupby(lesion).cummax().eq(1)) & rows["TRSTATE"].isin(MEASURED)
    return found(
        doubt(rows[moved], "tr", "TRLOC", "Q-715", "the organ was another at the first visit"),
        doubt(rows[retyped], "tr", "TRNODAL", "Q-715", "the nodal type was another at the first visit"),
        doubt(rows[back], "tr", "TRSTATE", "Q-715", "measured after it was absent"),
        _skipped_lesions(rows),
    )


def _skipped_lesions(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a query on the first target row of every visit that lacks a lesion of the first visit, naming each such
    lesion."""
    whole = rows[rows["TRPARENT"].isna()]
    base = whole[true(whole["VISITNUM"].eq(whole.groupby("USUBJID")["VISITNUM"].transform("min")))]
    visits = first_rows(rows, ["VISITNUM", "TRLNKID"], ["USUBJID", "VISITNUM"])
    expected = (
        visits[["USUBJID", "VISITNUM"]].reset_index(names="index").merge(base[["USUBJID", "TRLNKID"]], on="USUBJID")
    )
    present = pd.MultiIndex.from_frame(rows[["USUBJID", "VISITNUM", "TRLNKID"]])
    lacking = expected[~pd.MultiIndex.from_frame(expected[["USUBJID", "VISITNUM", "TRLNKID"]]).isin(present)]
    each = [
        doubt(visits.loc[group["index"]], "tr", "TRLNKID", "Q-715", f"no row for lesion {lesion} at this visit")
        for lesion, group in lacking.groupby("TRLNKID")
    ]
    return found(*each)


def implausible_diameters(tr: pd.DataFrame) -> pd.DataFrame:
    """Q-716: finer than 0.1 mm, above 300 mm, or more than three times (less than a third of) the measurement
    before."""
    rows = tr[tr["TRGRPID"].eq("TARGET") & tr["TRSTRESC"].notna()]
    rows = rows.sort_values(["USUBJID", "TRLNKID", "VISITNUM"], kind="stable")
    positive = rows[true(rows["TRSTRESN"] > 0)]
    previous = positive.groupby(["USUBJID", "TRLNKID"])["TRSTRESN"].shift()
    jumped = true((positive["TRSTRESN"] > FOLD * previous) | (FOLD * positive["TRSTRESN"] < previous))
    fine = true(rows["TRSTRESC"].str.contains(r"\.\d0*[1-9]"))
    return found(
        doubt(rows[fine], "tr", "TRSTRESC", "Q-716", "expected a multiple of 0.1 mm"),
        doubt(rows[true(rows["TRSTRESN"] > LARGEST)], "tr", "TRSTRESC", "Q-716", f"expected at most {LARGEST} mm"),
        doubt(positive[jumped], "tr", "TRSTRESC", "Q-716", "changed more than threefold since the measurement before"),
    )


def treated_lesions(tr: pd.DataFrame, pr: pd.DataFrame) -> pd.DataFrame:
    """Q-720: a target lesion measured on or after the day of its local treatment (R-516: not evaluable from then
    on)."""
    treated = pr.assign(TRLNKID=pr["PRLESION"].str.split("; ")).explode("TRLNKID").dropna(subset=["TRLNKID", "PRSTDTC"])
    rows = tr[tr["TRGRPID"].eq("TARGET") & tr["TRSTATE"].isin(MEASURED) & tr["TRDTC"].notna()]
    pairs = rows[["USUBJID", "TRLNKID", "TRDTC"]].reset_index(names="index")
    pairs = pairs.merge(treated[["USUBJID", "TRLNKID", "PRSTDTC"]], on=["USUBJID", "TRLNKID"])
    after = pairs[~before(pairs["TRDTC"], pairs["PRSTDTC"])]
    return doubt(
        rows[rows.index.isin(after["index"])], "tr", "TRSTRESC", "Q-720", "expected NOT EVALUATED after local treatment"
    )


def unlinked_lesions(tr: pd.DataFrame) -> pd.DataFrame:
    """Q-721: merged without its partner, split without fragments at that visit, parent unknown, target that appears
    after baseline."""
    rows = tr[tr["TRGRPID"].eq("TARGET")]
    lesions = pd.MultiIndex.from_frame(rows[["USUBJID", "TRLNKID"]])
    parents = pd.MultiIndex.from_frame(rows[["USUBJID", "TRPARENT"]])
    fragments = pd.MultiIndex.from_frame(rows.loc[rows["TRPARENT"].notna(), ["USUBJID", "VISIT", "TRPARENT"]])
    linked = rows["TRPARENT"].notna()
    merged, split = true(rows["TRSTATE"].eq("MERGED")), true(rows["TRSTATE"].eq("SPLIT"))
    whole = split & ~pd.MultiIndex.from_frame(rows[["USUBJID", "VISIT", "TRLNKID"]]).isin(fragments)
    start = rows.groupby(["USUBJID", "TRLNKID"])["VISITNUM"].transform("min")
    late = (
        ~linked & true(start > rows.groupby("USUBJID")["VISITNUM"].transform("min")) & true(rows["VISITNUM"].eq(start))
    )
    return found(
        doubt(rows[merged & ~linked], "tr", "TRPARENT", "Q-721", "expected the lesion it merged into"),
        doubt(rows[whole], "tr", "TRLNKID", "Q-721", "expected its fragments at this visit"),
        doubt(rows[linked & ~parents.isin(lesions)], "tr", "TRPARENT", "Q-721", "not a target lesion of the subject"),
        doubt(rows[late], "tr", "TRLNKID", "Q-721", "a target lesion after baseline; expected the lesion it came from"),
    )
