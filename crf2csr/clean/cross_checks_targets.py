"""Which lesions may be targets (R-502 to R-505, RECIST 1.1 sections 3.1 and 4.2): doubts on the choice, never a change
of it (Q-709)."""

from __future__ import annotations

import pandas as pd

from crf2csr.clean.cross_check_tools import doubt, found, true

SMALLEST, NODE, PLAIN_FILM = 10, 15, 20  # mm: non-nodal lesion, short axis of a node, lesion on a chest X-ray
THIN_SLICE = 5  # mm; a thicker slice needs twice its thickness
MOST, MOST_IN_ORGAN = 5, 2
#: Parts of organ names that are never measurable (R-505); bone counts only with a soft tissue part, which the form does
#: not tell.
NEVER = "bone|skelet|effusion|ascites|leptomening|lymphangi|inflammatory"
NODES = "lymph node"


def ineligible_targets(tr: pd.DataFrame) -> pd.DataFrame:
    """Q-709: a baseline target lesion too small for its type and method, of a kind that is never measurable, or one too
    many.

    Limits: R-502 10 mm (slices thicker than 5 mm: twice the slice; chest X-ray 20 mm), R-503 nodes 15 mm short axis,
    R-504 five lesions and two of an organ (all nodes are one organ, paired organs are one), R-505. An unknown slice is
    taken as thin.
    """
    rows = baseline_targets(tr)
    limit = _smallest(rows)
    small = true(rows["TRSTRESN"] < limit)
    expected = "expected at least " + limit.map("{:g}".format).astype("string") + " mm"
    sized = [
        doubt(rows[small & expected.eq(text)], "tr", "TRSTRESC", "Q-709", text) for text in expected[small].unique()
    ]
    never = true(rows["TRLOC"].str.casefold().str.contains(NEVER))
    place, in_organ = rows.groupby("USUBJID").cumcount(), rows.groupby(["USUBJID", _organs(rows)]).cumcount()
    return found(
        *sized,
        doubt(rows[never], "tr", "TRLOC", "Q-709", "not measurable by itself"),
        doubt(rows[place >= MOST], "tr", "TRLNKID", "Q-709", f"expected at most {MOST} targets"),
        doubt(
            rows[in_organ >= MOST_IN_ORGAN],
            "tr",
            "TRLNKID",
            "Q-709",
            f"expected at most {MOST_IN_ORGAN} targets of an organ",
        ),
    )


def baseline_targets(tr: pd.DataFrame) -> pd.DataFrame:
    """Return the target rows of the first visit with targets, without fragments, in the order of the lesion ids."""
    rows = tr[tr["TRGRPID"].eq("TARGET") & tr["TRPARENT"].isna() & tr["VISITNUM"].notna()]
    first = rows["VISITNUM"].eq(rows.groupby("USUBJID")["VISITNUM"].transform("min"))
    return rows[true(first)].sort_values(["USUBJID", "TRLNKID"], kind="stable")


def _smallest(rows: pd.DataFrame) -> pd.Series:
    thick = rows["TRSLICE"].where(true(rows["TRSLICE"] > THIN_SLICE)) * 2
    limit = thick.fillna(SMALLEST).astype("float64").clip(lower=SMALLEST)
    limit = limit.mask(true(rows["TRMETHOD"].eq("CHEST X-RAY")), PLAIN_FILM)
    return limit.mask(true(rows["TRNODAL"].eq("Y")), NODE)


def _organs(rows: pd.DataFrame) -> pd.Series:
    named = rows["TRLOC"].fillna("").str.strip().str.casefold()
    return named.mask(true(rows["TRNODAL"].eq("Y")), NODES).rename("ORGAN")
