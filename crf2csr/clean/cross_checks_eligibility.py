"""Cross checks of eligibility (Q-300). They ask about enrolled subjects only: a screen failure may fail a criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    CONCOMITANT,
    ON_STUDY,
    PRIOR,
    among,
    before,
    day,
    doubt,
    ends_of_study,
    enrollments,
    first_dose,
    first_rows,
    found,
    of_subject,
    planned_up_to_first_dose,
    true,
)

if TYPE_CHECKING:
    from crf2csr.study import View

WORST_ECOG = 2  # inclusion criterion of the registry
WASHOUT = 14  # days before C1D1 without chemotherapy or radiotherapy (exclusion criterion of the registry)
LOWEST_ER = 10  # % of positive cells (NCI-2019-00381, the published copy of the eligibility criteria)
SCREENING_DAYS = 60  # a subject screened longer ago than this is enrolled or a screen failure
START_DAYS = 60  # days between the registered start and the first consent that are not doubted
CDK = "palbociclib|ribociclib|abemaciclib"
CHEMOTHERAPY = ["TAXANE", "OTHER CHEMOTHERAPY"]
#: Class of prior therapy that is required, and how its agents are named where the class says otherwise.
REQUIRED = {
    "TAXANE": r"taxel",
    "TRASTUZUMAB": r"^(?!.*(?:emtansine|deruxtecan|T-DM1)).*(?:trastuzumab|herceptin)",
}
LEPTOMENINGEAL = "leptomening|carcinomatous mening|neoplastic mening"


def _enrolled(rows: pd.DataFrame, ds: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["USUBJID"].isin(enrollments(ds)["USUBJID"])]


def _first_enrollments(ds: pd.DataFrame) -> pd.DataFrame:
    return enrollments(ds).drop_duplicates("USUBJID")


def unsettled_screening(dm: pd.DataFrame, ds: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-216: consent more than 60 days before the extract, never enrolled, and no reason for the end of the study."""
    ended = ends_of_study(ds)
    settled = [*enrollments(ds)["USUBJID"], *ended.loc[ended["DSDECOD"].notna(), "USUBJID"]]
    old = (pd.Timestamp(study.extracted_on) - day(dm["RFICDTC"])).dt.days > SCREENING_DAYS
    rows = dm[true(old) & ~dm["USUBJID"].isin(settled)]
    return doubt(rows, "dm", "USUBJID", "Q-216", "expected an enrollment or the end of the study with its reason")


def study_start(dm: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-218: the earliest complete consent lies more than 60 days before or after `study.start_date`; on its record."""
    dated = dm[day(dm["RFICDTC"]).notna()].sort_values(["RFICDTC", "USUBJID"], kind="stable").head(1)
    start = study["study.start_date"]
    apart = (day(dated["RFICDTC"]) - pd.Timestamp(start)).dt.days.abs()
    expected = f"expected within {START_DAYS} days of {start:%Y-%m-%d}"
    return doubt(dated[true(apart > START_DAYS)], "dm", "RFICDTC", "Q-218", expected)


def criteria(ds: pd.DataFrame, ie: pd.DataFrame) -> pd.DataFrame:
    """Q-301: enrolled with an inclusion criterion not met or an exclusion criterion met (W where waived), or with a
    criterion not answered: blank, or without a record although other subjects have one."""
    rows = _enrolled(ie, ds)
    failed = true(
        (rows["IECAT"].eq("INCLUSION") & rows["IESTRESC"].eq("N"))
        | (rows["IECAT"].eq("EXCLUSION") & rows["IESTRESC"].eq("Y"))
    )
    waived = true(rows["IEWAIVER"].eq("Y"))
    return found(
        doubt(rows[failed & ~waived], "ie", "IEORRES", "Q-301", "expected no enrollment"),
        doubt(rows[failed & waived], "ie", "IEORRES", "Q-301", "waived", "W"),
        doubt(rows[rows["IESTRESC"].isna()], "ie", "IEORRES", "Q-301", "expected an answer"),
        *_without_record(ds, ie),
    )


def _without_record(ds: pd.DataFrame, ie: pd.DataFrame) -> list[pd.DataFrame]:
    people = _first_enrollments(ds)
    each = []
    for name in sorted(ie["IETESTCD"].unique()):
        lacking = people[~people["USUBJID"].isin(ie.loc[ie["IETESTCD"].eq(name), "USUBJID"])]
        each.append(doubt(lacking, "ds", "USUBJID", "Q-301", f"no answer to criterion {name}"))
    return each


def waivers(ds: pd.DataFrame, ie: pd.DataFrame, dv: pd.DataFrame) -> pd.DataFrame:
    """Q-309: a waived criterion of an enrolled subject without an important deviation on eligibility that names it, or
    names none."""
    rows = _enrolled(ie, ds)
    rows = rows[true(rows["IEWAIVER"].eq("Y"))]
    important = dv[true(dv["DVIMP"].eq("Y")) & true(dv["DVCAT"].eq("ELIGIBILITY"))]
    named = among(rows, ["USUBJID", "IETESTCD"], important, ["USUBJID", "DVCRIT"])
    general = rows["USUBJID"].isin(important.loc[important["DVCRIT"].isna(), "USUBJID"])
    return doubt(rows[~named & ~general], "ie", "IEWAIVER", "Q-309")


def performance(ds: pd.DataFrame, rsec: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-302: the last ECOG performance status of an enrolled subject at a visit planned before or with the first dose
    is above 2, or there is none."""
    rows = _enrolled(rsec[rsec["VISIT"].isin(planned_up_to_first_dose(study))], ds)
    known = rows[rows["RSSTRESN"].notna()].sort_values(["USUBJID", "VISITNUM"], ascending=[True, False], kind="stable")
    last = known.drop_duplicates("USUBJID")
    blank = first_rows(rows[~rows["USUBJID"].isin(last["USUBJID"])], ["VISITNUM"])
    people = _first_enrollments(ds)
    absent = people[~people["USUBJID"].isin(rows["USUBJID"])]
    return found(
        doubt(last[true(last["RSSTRESN"] > WORST_ECOG)], "rsec", "RSSTRESN", "Q-302", f"expected 0 to {WORST_ECOG}"),
        doubt(blank, "rsec", "RSSTRESN", "Q-302", "expected a status at baseline"),
        doubt(absent, "ds", "USUBJID", "Q-302", "expected a status at baseline"),
    )


def _names(cm: pd.DataFrame) -> pd.Series:
    return (cm["CMDECOD"].fillna("") + " " + cm["CMTRT"].fillna("")).str.casefold().astype("string")


def prior_inhibitors(ds: pd.DataFrame, cm: pd.DataFrame) -> pd.DataFrame:
    """Q-303: prior therapy of the class CDK4/6 inhibitor, or such an agent as prior therapy or other medication of an
    enrolled subject."""
    rows = _enrolled(cm[cm["CMCAT"].isin([PRIOR, CONCOMITANT])], ds)
    marked = true(rows["CMCLAS"].eq("CDK4/6 INHIBITOR"))
    named = true(_names(rows).str.contains(CDK)) & ~marked
    return found(
        doubt(rows[marked], "cm", "CMCLAS", "Q-303", "expected none for an enrolled subject"),
        doubt(rows[named], "cm", "CMTRT", "Q-303", "expected none for an enrolled subject"),
    )


def required_therapies(ds: pd.DataFrame, cm: pd.DataFrame) -> pd.DataFrame:
    """Q-304: an enrolled subject without a prior taxane, or without prior trastuzumab (an antibody-drug conjugate is
    none)."""
    prior, people, each = cm[cm["CMCAT"].eq(PRIOR)], _first_enrollments(ds), []
    for name, pattern in REQUIRED.items():
        matches = prior["CMCLAS"].eq(name) | prior["CMTRT"].str.contains(pattern, case=False, regex=True)
        lacking = people[~people["USUBJID"].isin(prior.loc[true(matches), "USUBJID"])]
        each.append(doubt(lacking, "ds", "USUBJID", "Q-304", f"expected prior therapy of class {name}"))
    return found(*each)


def recent_therapy(ex: pd.DataFrame, cm: pd.DataFrame, pr: pd.DataFrame) -> pd.DataFrame:
    """Q-305: chemotherapy or radiotherapy that ended (or, without an end, began) within 14 days before the first dose;
    complete dates only."""
    systemic = cm[cm["CMCAT"].isin([PRIOR, ON_STUDY]) & cm["CMCLAS"].isin(CHEMOTHERAPY)]
    local = pr[true(pr["PRSCAT"].eq("RADIOTHERAPY"))]
    return found(
        *(
            doubt(rows[_recent(rows, ex, prefix)], name, f"{prefix}ENDTC", "Q-305")
            for name, prefix, rows in (("cm", "CM", systemic), ("pr", "PR", local))
        )
    )


def _recent(rows: pd.DataFrame, ex: pd.DataFrame, prefix: str) -> pd.Series:
    dose = of_subject(rows, first_dose(ex))
    end, start = rows[f"{prefix}ENDTC"], rows[f"{prefix}STDTC"]
    ahead = (day(dose) - day(end.fillna(start))).dt.days
    return true(ahead <= WASHOUT) & ~before(dose, start)


def receptors(ds: pd.DataFrame, famh: pd.DataFrame) -> pd.DataFrame:
    """Q-306: estrogen receptor missing or below 10 % of the cells; HER2 unknown, or neither 3+ nor positive by in situ
    hybridization."""
    rows = _enrolled(famh, ds)
    estrogen = rows[rows["FATESTCD"].eq("ERPCT")]
    stain, hybrid = (
        rows[rows["FATESTCD"].eq(name)].set_index("USUBJID")["FASTRESC"] for name in ("HER2IHC", "HER2ISH")
    )
    her2 = rows[rows["FATESTCD"].eq("HER2IHC")]
    ihc, ish = her2["USUBJID"].map(stain), her2["USUBJID"].map(hybrid)
    unknown = (ihc.isna() | ihc.eq("NOT DONE")) & (ish.isna() | ish.eq("NOT DONE"))
    positive = ihc.eq("3+") | ish.eq("POSITIVE")
    low = f"expected at least {LOWEST_ER} %"
    return found(
        doubt(estrogen[estrogen["FASTRESN"].isna()], "famh", "FASTRESC", "Q-306", low, field="erpct"),
        doubt(estrogen[true(estrogen["FASTRESN"] < LOWEST_ER)], "famh", "FASTRESC", "Q-306", low, field="erpct"),
        doubt(her2[true(unknown)], "famh", "FASTRESC", "Q-306", "expected a HER2 result", field="her2ihc"),
        doubt(
            her2[~true(unknown) & ~true(positive)],
            "famh",
            "FASTRESC",
            "Q-306",
            "expected 3+ or a positive in situ hybridization",
            field="her2ihc",
        ),
    )


def leptomeningeal(ds: pd.DataFrame, mh: pd.DataFrame, famh: pd.DataFrame) -> pd.DataFrame:
    """Q-308: leptomeningeal disease among the metastatic sites or in the medical history of an enrolled subject."""
    sites = _enrolled(famh[famh["FATESTCD"].eq("METSITES")], ds)
    history = _enrolled(mh, ds)
    named = (history["MHTERM"] + " " + history["MHDECOD"].fillna("")).str.casefold()
    ticked = true(sites["FASTRESC"].str.contains("LEPTOMENINGEAL"))
    return found(
        doubt(sites[ticked], "famh", "FASTRESC", "Q-308", "an exclusion criterion", field="metsites"),
        doubt(history[true(named.str.contains(LEPTOMENINGEAL))], "mh", "MHTERM", "Q-308", "an exclusion criterion"),
    )
