"""Cross checks of medication, medical history and deviations (Q-115, Q-1105 to Q-1108)."""

from __future__ import annotations

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    CONCOMITANT,
    ON_STUDY,
    before,
    by_subject,
    doubt,
    first_dose,
    found,
    given,
    of_subject,
    true,
)

#: Strong inhibitors and inducers of CYP3A (FDA, examples of clinical inhibitors and inducers for P450-mediated
#: metabolism; label of palbociclib, section 7).
INHIBITORS = [
    "boceprevir",
    "ceritinib",
    "clarithromycin",
    "cobicistat",
    "conivaptan",
    "grapefruit",
    "idelalisib",
    "indinavir",
    "itraconazole",
    "ketoconazole",
    "lopinavir",
    "nefazodone",
    "nelfinavir",
    "posaconazole",
    "ritonavir",
    "saquinavir",
    "telaprevir",
    "telithromycin",
    "tucatinib",
    "voriconazole",
]
INDUCERS = [
    "apalutamide",
    "carbamazepine",
    "enzalutamide",
    "hypericum",
    "ivosidenib",
    "lumacaftor",
    "mitotane",
    "phenytoin",
    "rifampicin",
    "rifampin",
]
PROHIBITED = "|".join([*INHIBITORS, *INDUCERS, r"st\.? john'?s wort", "investigational"])


def uncoded_history(mh: pd.DataFrame, cm: pd.DataFrame) -> pd.DataFrame:
    """Q-115: a condition without preferred term or system organ class, a medication without preferred name; W until the
    lock, which refuses it."""
    conditions = mh["MHDECOD"].isna() | mh["MHBODSYS"].isna()
    medication = cm[cm["CMCAT"].eq(CONCOMITANT)]
    return found(
        doubt(mh[conditions], "mh", "MHDECOD", "Q-115", "expected preferred term and system organ class"),
        doubt(medication[medication["CMDECOD"].isna()], "cm", "CMDECOD", "Q-115", "expected a preferred name"),
    )


def incomplete_medication(cm: pd.DataFrame) -> pd.DataFrame:
    """Q-1105: a medication without preferred name, else without ATC code; without indication."""
    rows = cm[cm["CMCAT"].eq(CONCOMITANT)]
    unnamed = rows["CMDECOD"].isna()
    return found(
        doubt(rows[unnamed], "cm", "CMDECOD", "Q-1105", "expected preferred name and ATC code"),
        doubt(rows[rows["CMCLASCD"].isna() & ~unnamed], "cm", "CMCLASCD", "Q-1105", "expected the ATC code"),
        doubt(
            rows[rows["CMINDC"].isna()], "cm", "CMINDC", "Q-1105", "expected an indication, or that it is prophylaxis"
        ),
    )


def prohibited_medication(ex: pd.DataFrame, cm: pd.DataFrame) -> pd.DataFrame:
    """Q-1106: a strong inhibitor or inducer of CYP3A or an investigational agent that did not certainly end before the
    first dose nor certainly begin after the last one."""
    rows = cm[cm["CMCAT"].isin([CONCOMITANT, ON_STUDY])]
    doses = given(ex)
    last = doses.assign(LAST=doses["EXENDTC"].fillna(doses["EXSTDTC"])).dropna(subset=["LAST"])
    last_dose = by_subject(last.sort_values("LAST", ascending=False, kind="stable"), "LAST")
    first = of_subject(rows, first_dose(ex))
    outside = before(rows["CMENDTC"], first) | before(of_subject(rows, last_dose), rows["CMSTDTC"]) | first.isna()
    coded, reported = (
        true(rows[name].str.casefold().str.contains(PROHIBITED)) & ~outside for name in ("CMDECOD", "CMTRT")
    )
    return found(
        doubt(rows[coded], "cm", "CMDECOD", "Q-1106", "strong inhibitor or inducer of CYP3A, or investigational"),
        doubt(
            rows[reported & ~coded], "cm", "CMTRT", "Q-1106", "strong inhibitor or inducer of CYP3A, or investigational"
        ),
    )


def deviation_categories(dv: pd.DataFrame) -> pd.DataFrame:
    """Q-1107: an important deviation without category; one on eligibility that names no criterion."""
    important, eligibility = true(dv["DVIMP"].eq("Y")), true(dv["DVCAT"].eq("ELIGIBILITY"))
    return found(
        doubt(dv[important & dv["DVCAT"].isna()], "dv", "DVCAT", "Q-1107", "important; expected a category"),
        doubt(dv[eligibility & dv["DVCRIT"].isna()], "dv", "DVCRIT", "Q-1107", "expected the criterion"),
    )


def periods_of_records(cm: pd.DataFrame, pr: pd.DataFrame, mh: pd.DataFrame) -> pd.DataFrame:
    """Q-1108: a medication, therapy or condition that certainly ends before it starts; ongoing with an end date."""
    each = []
    for name, rows in (("cm", cm), ("pr", pr), ("mh", mh)):
        start, end = rows[f"{name.upper()}STDTC"], rows[f"{name.upper()}ENDTC"]
        late = before(end, start)
        each.append(doubt(rows[late], name, end.name, "Q-1108", "expected no earlier than the start"))
        if f"{name.upper()}ENRF" in rows:
            ongoing = true(rows[f"{name.upper()}ENRF"].eq("Y")) & end.notna() & ~late
            each.append(doubt(rows[ongoing], name, f"{name.upper()}ENRF", "Q-1108", "ongoing, with an end date"))
    return found(*each)
