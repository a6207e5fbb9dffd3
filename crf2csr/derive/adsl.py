"""ADSL: one row a subject: treatment, dates, death, analysis sets with reasons (R-208 to R-210, R-301 to R-306)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract
from crf2csr.derive.rules.assessments import derive_tumor_visits, planned_before_dosing
from crf2csr.derive.rules.baseline import derive_baseline, derive_groups_of_people, planned_up_to_first_dose
from crf2csr.derive.rules.dates import compute_age, compute_whole_day
from crf2csr.derive.rules.death_window import derive_death_window
from crf2csr.derive.rules.disposition import derive_drug_status, derive_study_status
from crf2csr.derive.rules.dlt import (
    DltSettings,
    check_dlt,
    derive_dlt,
    derive_dlt_exposure,
    derive_dlt_status,
    derive_no_dlt,
)
from crf2csr.derive.rules.enrollment import ARMS, derive_end_of_study, derive_enrollment, derive_groups
from crf2csr.derive.rules.exposure_dates import (
    derive_actual_dose,
    derive_dosing_periods,
    derive_exposure_dates,
    derive_on_treatment_end,
)
from crf2csr.derive.rules.populations import (
    derive_counted_reasons,
    derive_pk_set,
    derive_treated_sets,
    derive_tumor_sets,
    progressed_subjects,
)
from crf2csr.derive.rules.pro_sets import derive_pro_sets
from crf2csr.derive.rules.records import check_cutoff, link_columns, split_at_cutoff, together, with_address
from crf2csr.derive.rules.subgroups import baseline_lesions, check_subgroups, derive_prior_therapy, derive_visceral
from crf2csr.derive.rules.survival_dates import (
    check_new_therapy,
    derive_death_date,
    derive_death_report,
    derive_last_alive,
    derive_new_therapy,
    first_death_day,
)
from crf2csr.results import QUERY_COLUMNS, Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from datetime import date

    from crf2csr.study import View

Domains = dict[str, pd.DataFrame]
#: The domains of a subject, in the order of the parameters of `adsl`.
DOMAINS = ("dm", "ds", "dd", "ex", "ec", "fa", "ae", "cm", "pr", "pc", "ss", "tr", "vs", "rsec", "qs")
#: Domains whose records after the cutoff are reported by the dataset of their own field.
REPORTED_ELSEWHERE = ("tr", "qs")


@uses(
    "data_cutoff",
    "rp2d.value",
    "dlt.window_days",
    "dlt.min_dose_pct",
    "dlt.require_tdm1",
    "population.fas",
    "population.measurable",
    "teae.window_days",
    "death.window_days",
    "visit.schedule",
    "subgroup.visceral_organs",
)
def adsl(
    dm: pd.DataFrame,
    ds: pd.DataFrame,
    dd: pd.DataFrame,
    ex: pd.DataFrame,
    ec: pd.DataFrame,
    fa: pd.DataFrame,
    ae: pd.DataFrame,
    tr: pd.DataFrame,
    cm: pd.DataFrame,
    pr: pd.DataFrame,
    pc: pd.DataFrame,
    ss: pd.DataFrame,
    vs: pd.DataFrame,
    rsec: pd.DataFrame,
    qs: pd.DataFrame,
    famh: pd.DataFrame,
    study: View,
) -> Derived:
    """Return ADSL: every subject of DM, screened only or enrolled.

    Records after the data cutoff are not used (R-209, Q-1101 I; those of tumor forms are reported by ADTR, those of
    questionnaires by ADQS). A flag of a set is Y or N, never blank; a reason tells why it is N, for subjects enrolled
    or treated. A domain without forms leaves its variables blank. Queries: Q-310, Q-311, Q-416, Q-1101, Q-1110.
    Links: each date, flag and level to the clean record behind it.
    """
    cutoff = study["data_cutoff"]
    frames = (dm, ds, dd, ex, ec, fa, ae, cm, pr, pc, ss, tr, vs, rsec, qs)
    used, late = _records(dict(zip(DOMAINS, frames, strict=True)), cutoff)
    frame = derive_end_of_study(derive_enrollment(_demography(used["dm"]), used["ds"]), used["ds"])
    periods = derive_dosing_periods(used["ex"], used["ds"], first_death_day(used["dd"]), cutoff)
    frame = derive_actual_dose(derive_exposure_dates(frame, periods), periods)
    frame = derive_death_window(_survival(frame, used, cutoff), study["death.window_days"])
    frame = derive_on_treatment_end(frame, used["ds"], study["teae.window_days"], cutoff)
    frame = derive_groups(_sets(frame, used, periods, study), _if_any(study, "rp2d.value"))
    frame = derive_study_status(derive_drug_status(frame, used["ds"]))
    frame, doubted = _baseline(frame, used, with_address(famh, "famh"), study)
    queries = [late, check_new_therapy(frame, used["cm"], cutoff), check_dlt(frame, used["fa"]), doubted]
    data = conform(_contract_columns(frame), load_contract("derive", "adsl"))
    return Derived(data, together(queries, QUERY_COLUMNS), link_columns("adsl", frame))


def _records(given: Domains, cutoff: date) -> tuple[Domains, pd.DataFrame]:
    """Return the domains up to the cutoff with their addresses, and Q-1101 for what was left out.

    A death reported without a date by a record whose own date is after the cutoff is not known yet.
    """
    parts = {name: split_at_cutoff(with_address(frame, name), name, cutoff) for name, frame in given.items()}
    used = {name: kept for name, (kept, _) in parts.items()}
    source = ["RAWFILE", "RAWROW"]
    later = pd.MultiIndex.from_frame(pd.concat([parts["ds"][1][source], parts["ss"][1][source]]))
    unknown = used["dd"]["DTHDTC"].isna() & pd.MultiIndex.from_frame(used["dd"][source]).isin(later)
    used["dd"] = used["dd"][~unknown]
    queries = [check_cutoff(late, name, cutoff) for name, (_, late) in parts.items() if name not in REPORTED_ELSEWHERE]
    return used, together(queries, QUERY_COLUMNS)


def _demography(dm: pd.DataFrame) -> pd.DataFrame:
    rows = dm.set_index("USUBJID")
    frame = rows[["STUDYID", "SUBJID", "SITEID", "SEX", "RACE", "ETHNIC", "MENOPAUS", *ARMS]].assign(
        AGE=compute_age(rows["BRTHDTC"], rows["RFICDTC"]).fillna(rows["AGE"]),
        RFICDT=compute_whole_day(rows["RFICDTC"]),
        **{"@dm": rows["ADDRESS"]},
    )
    return derive_groups_of_people(frame)


def _survival(frame: pd.DataFrame, used: Domains, cutoff: date) -> pd.DataFrame:
    reported = derive_death_report(frame, used["dd"], used["ae"], cutoff)
    alive = derive_last_alive(reported, used, cutoff)
    return derive_new_therapy(derive_death_date(alive, cutoff), used["cm"], cutoff)


def _sets(frame: pd.DataFrame, used: Domains, periods: pd.DataFrame, study: View) -> pd.DataFrame:
    visits = derive_tumor_visits(used["tr"], frame["TRTSDT"], planned_before_dosing(study["visit.schedule"]))
    result = derive_treated_sets(frame, periods, study["population.fas"])
    progressed = progressed_subjects(used["ds"], used["ss"])
    result = derive_tumor_sets(result, used["tr"], visits, progressed, _if_any(study, "population.measurable"))
    result = derive_pk_set(_toxicity(result, used, periods, study), periods, used["pc"])
    before_dosing = planned_up_to_first_dose(study["visit.schedule"])
    return derive_counted_reasons(derive_pro_sets(result, used["qs"], before_dosing))


def _toxicity(frame: pd.DataFrame, used: Domains, periods: pd.DataFrame, study: View) -> pd.DataFrame:
    """Return the frame with what counts for dose limiting toxicity; nobody counts in a trial that defines none."""
    if not study.applies("dlt.window_days"):
        return derive_no_dlt(frame)
    settings = DltSettings(
        study["dlt.window_days"], study["dlt.min_dose_pct"], study["dlt.require_tdm1"], study["data_cutoff"]
    )
    exposed = derive_dlt_exposure(frame, periods, used["ec"], settings)
    return derive_dlt_status(derive_dlt(exposed, used["fa"], used["ae"], settings), settings.cutoff)


def _if_any(study: View, key: str) -> Any:
    """Return the value of a key, None in a trial to which it does not apply."""
    return study[key] if study.applies(key) else None


def _baseline(frame: pd.DataFrame, used: Domains, famh: pd.DataFrame, study: View) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frame with what describes subjects at baseline and divides them into subgroups, and the doubts about
    it (R-302, R-311)."""
    schedule = study["visit.schedule"]
    result = derive_baseline(frame, used["vs"], used["rsec"], planned_up_to_first_dose(schedule))
    lesions = baseline_lesions(
        used["tr"], derive_tumor_visits(used["tr"], frame["TRTSDT"], planned_before_dosing(schedule))
    )
    result = derive_visceral(result, famh, lesions, _if_any(study, "subgroup.visceral_organs") or ())
    return derive_prior_therapy(result, used["cm"]), check_subgroups(frame, used["cm"], famh, lesions)


def _contract_columns(frame: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in load_contract("derive", "adsl").names if name in frame]
    return frame.reset_index()[["USUBJID", *(name for name in names if name != "USUBJID")]]
