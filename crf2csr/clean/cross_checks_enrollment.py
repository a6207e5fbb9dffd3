"""Cross checks of subjects, consent, enrollment and disposition (Q-105, Q-200), and of dates before birth (Q-1102)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    DRUGS,
    acted_on,
    among,
    before,
    by_subject,
    day,
    doubt,
    ends_of_study,
    ends_of_treatment,
    enrollments,
    first_dose,
    first_rows,
    found,
    given,
    of_subject,
    true,
)

if TYPE_CHECKING:
    from crf2csr.study import View

#: Registered limits of age: 18 by the inclusion criteria; above 90 only a doubt, since no upper limit is registered.
YOUNGEST, OLDEST = 18, 90
COHORT, EXPANDED = 3, 6  # subjects at a dose level before and after expansion (conventional 3+3, R-402)
#: Domains in which each raw record has its place once: TU repeats TR, DD repeats DS and SS, RSEC repeats PE.
ONCE = (
    *("dm", "ds", "ex", "ec", "ae", "fa", "tr", "rs", "cm", "pr", "pc", "ss"),
    *("ie", "sv", "vs", "mh", "famh", "pe", "lb", "eg", "cv", "qs", "dv"),
)
#: What is recorded at screening or by a log that a subject without any visit may have (Q-208).
BEFORE_TREATMENT = ("dm", "ds", "ie", "sv", "vs", "mh", "famh", "pe", "lb", "eg", "cv", "cm", "pr", "dv")
SILENT_DAYS = 60  # an enrolled subject without any form after this many days is doubted
#: The dated variables of each domain.
DATES = {
    "dm": ["RFICDTC"],
    "ds": ["DSSTDTC"],
    "dd": ["DTHDTC"],
    "ex": ["EXSTDTC", "EXENDTC"],
    "ec": ["ECSTDTC", "ECENDTC"],
    "ae": ["AESTDTC", "AEENDTC", "AEDTHDTC"],
    "fa": ["FADTC"],
    "tr": ["TRDTC"],
    "rs": ["RSDTC"],
    "cm": ["CMSTDTC", "CMENDTC"],
    "pr": ["PRSTDTC", "PRENDTC"],
    "pc": ["PCDTC", "PCRFTDTC", "PCPRVDTC"],
    "ss": ["SSDTC"],
    "sv": ["SVSTDTC"],
    "vs": ["VSDTC"],
    "mh": ["MHSTDTC", "MHENDTC"],
    "pe": ["PEDTC"],
    "lb": ["LBDTC"],
    "eg": ["EGDTC"],
    "cv": ["CVDTC"],
    "qs": ["QSDTC"],
    "dv": ["DVSTDTC"],
}


def orphans(domains: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Q-105: a record of a subject that demography does not know, once a raw record."""
    known, queries = domains["dm"]["USUBJID"], []
    for name in ONCE:
        rows = domains[name].drop_duplicates(["RAWFILE", "RAWROW"])
        queries.append(doubt(rows[~rows["USUBJID"].isin(known)], name, "USUBJID", "Q-105", "expected a record in dm"))
    return found(*queries)


def ages(dm: pd.DataFrame) -> pd.DataFrame:
    """Q-202: birth date missing, after consent, age at consent below 18 (E) or above 90 (W); partial dates on their
    known parts."""
    birth, consent = dm["BRTHDTC"], dm["RFICDTC"]
    young = before(consent, _anniversary(birth, YOUNGEST))
    old = ~before(consent, _anniversary(birth, OLDEST + 1)) & birth.notna() & consent.notna()
    return found(
        doubt(dm[birth.isna()], "dm", "BRTHDTC", "Q-202", "expected a birth date"),
        doubt(dm[young], "dm", "BRTHDTC", "Q-202", f"expected at least {YOUNGEST} years at consent"),
        doubt(dm[old], "dm", "BRTHDTC", "Q-202", f"above {OLDEST} years at consent; please confirm", "W"),
    )


def _anniversary(date: pd.Series, years: int) -> pd.Series:
    year = (date.str.slice(0, 4).astype("Int64") + years).astype("string")
    return year + date.str.slice(4)


def sexes(dm: pd.DataFrame, ds: pd.DataFrame) -> pd.DataFrame:
    """Q-203: sex other than female; an enrolled subject whose post-menopausal status is not confirmed."""
    enrolled = dm["USUBJID"].isin(enrollments(ds)["USUBJID"])
    not_female = true(dm["SEX"].ne("F").fillna(True))
    unconfirmed = enrolled & true(dm["MENOPAUS"].ne("POSTMENOPAUSAL").fillna(True))
    return found(
        doubt(dm[not_female], "dm", "SEX", "Q-203", "expected F"),
        doubt(dm[unconfirmed], "dm", "MENOPAUS", "Q-203", "expected POSTMENOPAUSAL for an enrolled subject"),
    )


def second_enrollments(dm: pd.DataFrame) -> pd.DataFrame:
    """Q-204: two subject ids of one site with the same complete birth date."""
    complete = dm[true(dm["BRTHDTC"].str.len() >= 10)]
    twins = complete[complete.duplicated(["SITEID", "BRTHDTC"], keep=False)]
    return doubt(twins, "dm", "BRTHDTC", "Q-204")


def consents(dm: pd.DataFrame, ex: pd.DataFrame) -> pd.DataFrame:
    """Q-205: consent missing or certainly after the first dose."""
    late = before(of_subject(dm, first_dose(ex)), dm["RFICDTC"])
    return found(
        doubt(dm[dm["RFICDTC"].isna()], "dm", "RFICDTC", "Q-205", "expected a consent date"),
        doubt(dm[late], "dm", "RFICDTC", "Q-205", "expected no later than the first dose"),
    )


def dose_levels(ds: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-206: dose level missing or not one of `escalation.dose_levels_mg`."""
    rows, levels = enrollments(ds), study["escalation.dose_levels_mg"]
    return doubt(
        rows[~rows["DOSELVL"].isin(levels)], "ds", "DOSELVL", "Q-206", f"expected one of {', '.join(map(str, levels))}"
    )


def enrollment_pattern(ds: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-207: a subject is enrolled once in phase I, once in phase II at the declared RP2D, or both with the phase I
    level at the RP2D."""
    rows, level, declared = enrollments(ds), study["rp2d.value"], study["rp2d.declared_on"]
    second = rows[true(rows["ENRPHASE"].eq("II"))]
    first = rows[true(rows["ENRPHASE"].eq("I")) & rows["USUBJID"].isin(second["USUBJID"])]
    early = before(second["DSSTDTC"], str(declared)) if declared else pd.Series(True, second.index)
    again = rows[rows["ENRPHASE"].notna() & rows.duplicated(["USUBJID", "ENRPHASE"])]
    other = true(second["DOSELVL"].ne(level if level is not None else -1)) & ~early
    return found(
        doubt(again, "ds", "DSSEQ", "Q-207", "expected one enrollment a phase"),
        doubt(
            second[early],
            "ds",
            "DSSTDTC",
            "Q-207",
            f"phase II opens with the declared RP2D ({declared or 'none declared'})",
        ),
        doubt(second[other], "ds", "DOSELVL", "Q-207", f"phase II is enrolled at the RP2D ({level} mg)"),
        doubt(
            first[true(first["DOSELVL"].ne(level or -1))],
            "ds",
            "DOSELVL",
            "Q-207",
            f"carried over to phase II from another level than {level} mg",
        ),
    )


def treated_without_enrollment(ds: pd.DataFrame, ex: pd.DataFrame) -> pd.DataFrame:
    """Q-208 (E): doses of a subject who was never enrolled, on the first of them."""
    strangers = given(ex)
    strangers = strangers[~strangers["USUBJID"].isin(enrollments(ds)["USUBJID"])]
    return doubt(first_rows(strangers, ["USUBJID", "EXSTDTC"]), "ex", "EXOCCUR", "Q-208", "expected an enrollment")


def enrolled_and_silent(domains: Mapping[str, pd.DataFrame], study: View) -> pd.DataFrame:
    """Q-208 (W): enrolled more than 60 days before the extract and no other form at all."""
    rows = enrollments(domains["ds"])
    ended = domains["ds"][~domains["ds"].index.isin(rows.index)]
    others = pd.concat([ended["USUBJID"], *(domains[name]["USUBJID"] for name in ONCE if name not in BEFORE_TREATMENT)])
    old = (pd.Timestamp(study.extracted_on) - day(rows["DSSTDTC"])).dt.days > SILENT_DAYS
    return doubt(rows[true(old) & ~rows["USUBJID"].isin(others)], "ds", "DSSTDTC", "Q-208", "no form since", "W")


def end_before_contact(ds: pd.DataFrame, ss: pd.DataFrame) -> pd.DataFrame:
    """Q-209: end of study certainly before a survival contact that was made."""
    contacts = ss[true(ss["SSDONE"].eq("Y")) & ss["SSDTC"].notna()].sort_values("SSDTC", ascending=False, kind="stable")
    rows = ends_of_study(ds)
    last = of_subject(rows, by_subject(contacts, "SSDTC"))
    return doubt(
        rows[before(rows["DSSTDTC"], last)], "ds", "DSSTDTC", "Q-209", "expected no earlier than the last contact"
    )


def dose_after_end(ds: pd.DataFrame, ex: pd.DataFrame) -> pd.DataFrame:
    """Q-210: a dose after the end of study."""
    end = by_subject(ends_of_study(ds), "DSSTDTC")
    return _after(given(ex), end, "Q-210", "expected no later than the end of study")


def dose_after_last(ds: pd.DataFrame, ex: pd.DataFrame) -> pd.DataFrame:
    """Q-211: a dose after the last dose date that the end-of-treatment form gives for the drug."""
    ends, doses = ends_of_treatment(ds), given(ex)
    each = [
        _after(
            doses[doses["EXTRT"].eq(drug)],
            by_subject(ends[ends["DSSCAT"].eq(drug)], "DSSTDTC"),
            "Q-211",
            "expected no later than eot",
        )
        for drug in DRUGS
    ]
    return found(*each)


def _after(doses: pd.DataFrame, end: pd.Series, rule: str, expected: str) -> pd.DataFrame:
    limit = of_subject(doses, end)
    starts, ends = before(limit, doses["EXSTDTC"]), before(limit, doses["EXENDTC"])
    return found(
        doubt(doses[starts], "ex", "EXSTDTC", rule, expected),
        doubt(doses[ends & ~starts], "ex", "EXENDTC", rule, expected),
    )


def ends_of_drugs(ds: pd.DataFrame, ex: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-212: study ended and a drug given has no end-of-treatment form; reason adverse event and the linked event do
    not agree."""
    ends, study_end, doses = ends_of_treatment(ds), ends_of_study(ds), given(ex)
    open_ended = doses[~among(doses, ["USUBJID", "EXTRT"], ends, ["USUBJID", "DSSCAT"])]
    toxic = true(ends["DSDECOD"].eq("ADVERSE EVENT"))
    withdrawn = acted_on(ae, ["DRUG WITHDRAWN"])
    linked = among(ends, ["USUBJID", "DSSCAT", "AENO"], withdrawn, ["USUBJID", "DRUG", "AESEQ"])
    lacking = study_end["USUBJID"].isin(open_ended["USUBJID"])
    return found(
        doubt(study_end[lacking], "ds", "DSSTDTC", "Q-212", "expected an end-of-treatment record of every drug given"),
        doubt(ends[toxic & ~linked], "ds", "AENO", "Q-212", "expected an adverse event with this drug withdrawn"),
        doubt(ends[~toxic & linked], "ds", "DSDECOD", "Q-212", "the linked event has this drug withdrawn"),
    )


def first_levels(ds: pd.DataFrame, ex: pd.DataFrame) -> pd.DataFrame:
    """Q-213: the first palbociclib dose differs from the level of the first enrollment (E above it, else W)."""
    doses = given(ex)
    first = first_rows(doses[doses["EXTRT"].eq("PALBOCICLIB")], ["USUBJID", "EXSTDTC", "EXSEQ"])
    level = first["USUBJID"].map(by_subject(enrollments(ds), "DOSELVL")).astype("Float64")
    above, below = true(first["EXDOSE"] > level), true(first["EXDOSE"] < level)
    return found(
        doubt(first[above], "ex", "EXDOSE", "Q-213", "above the assigned level", "E"),
        doubt(first[below], "ex", "EXDOSE", "Q-213", "below the assigned level"),
    )


def cohort_sizes(ds: pd.DataFrame, fa: pd.DataFrame) -> pd.DataFrame:
    """Q-215: a phase I subject beyond 3 at the level (6 once a DLT is known there or two at the next level),
    replacements left out."""
    rows = enrollments(ds)
    rows = rows[true(rows["ENRPHASE"].eq("I")) & rows["DOSELVL"].notna()].sort_values(
        ["DOSELVL", "DSSTDTC", "ENRORD"], kind="stable"
    )
    about = rows[["USUBJID", "DOSELVL"]].merge(fa[["USUBJID", "DLTYN", "DLTEVAL", "FADTC"]], how="left", on="USUBJID")
    too_many = [index for level in rows["DOSELVL"].unique() for index in _beyond(rows, about, level)]
    return doubt(rows.loc[too_many], "ds", "ENRORD", "Q-215")


def _beyond(rows: pd.DataFrame, about: pd.DataFrame, level: int) -> list[Any]:
    """Return which enrollments at a level came when the level was full by what was known on that day."""
    toxic = about[true(about["DLTYN"].eq("Y"))]
    higher = toxic[toxic["DOSELVL"] > level]["DOSELVL"].value_counts()
    stepped_down = bool((higher >= 2).any())
    own, dates, beyond = about[about["DOSELVL"].eq(level)], rows.loc[rows["DOSELVL"].eq(level), "DSSTDTC"], []
    for place, (index, date) in enumerate(dates.items(), start=1):
        known = own[~before(pd.Series(date, own.index, dtype="string"), own["FADTC"])]
        expanded = stepped_down or bool(true(known["DLTYN"].eq("Y")).any())
        replaced = int(true(known["DLTEVAL"].eq("N")).sum())
        if place > (EXPANDED if expanded else COHORT) + replaced:
            beyond.append(index)
    return beyond


def without_events(dm: pd.DataFrame, ex: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-217 (I): a treated subject without any adverse event."""
    quiet = dm["USUBJID"].isin(given(ex)["USUBJID"]) & ~dm["USUBJID"].isin(ae["USUBJID"])
    return doubt(dm[quiet], "dm", "USUBJID", "Q-217")


def before_birth(domains: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Q-1102: a date certainly before the birth date of the subject."""
    birth, queries = by_subject(domains["dm"], "BRTHDTC"), []
    for name, variable, rows in _dated(domains):
        early = before(rows[variable], of_subject(rows, birth))
        queries.append(doubt(rows[early], name, variable, "Q-1102", "expected no earlier than the birth date"))
    return found(*queries)


def _dated(domains: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, pd.DataFrame]]:
    """Return domain, dated variable and rows; a raw record that stands for several rows counts once."""
    pairs = [(name, variable) for name in DATES for variable in DATES[name]]
    return [(name, variable, domains[name].drop_duplicates(["RAWFILE", "RAWROW"])) for name, variable in pairs]
