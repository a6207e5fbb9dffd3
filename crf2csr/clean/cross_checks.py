"""Checks that need several records, domains or the study: each one function of the domains it reads, listed here as
data."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from crf2csr.clean import cross_checks_assessments as assessments
from crf2csr.clean import cross_checks_enrollment as enrollment
from crf2csr.clean import cross_checks_events as events
from crf2csr.clean import cross_checks_exposure as exposure
from crf2csr.clean import cross_checks_pk as pk
from crf2csr.clean import cross_checks_targets as targets
from crf2csr.clean import cross_checks_tumor as tumor
from crf2csr.clean.domains import together
from crf2csr.results import QUERY_COLUMNS
from crf2csr.study import uses

if TYPE_CHECKING:
    import pandas as pd

    from crf2csr.study import View

#: The checks in the order of their rules. A parameter named `domains` is the mapping of all of them, `study` the view
#: of the study.
CROSS_CHECKS: tuple[Callable[..., pd.DataFrame], ...] = (
    enrollment.orphans,
    events.uncoded_terms,
    enrollment.ages,
    enrollment.sexes,
    enrollment.second_enrollments,
    enrollment.consents,
    enrollment.dose_levels,
    enrollment.enrollment_pattern,
    enrollment.treated_without_enrollment,
    enrollment.enrolled_and_silent,
    enrollment.end_before_contact,
    enrollment.dose_after_end,
    enrollment.dose_after_last,
    enrollment.ends_of_drugs,
    enrollment.first_levels,
    enrollment.cohort_sizes,
    enrollment.without_events,
    exposure.entered_twice,
    exposure.incomplete_doses,
    exposure.given_answers,
    exposure.periods,
    exposure.record_order,
    exposure.palbociclib_doses,
    exposure.infusion_times,
    exposure.cycle_lengths,
    exposure.modification_reasons,
    exposure.event_actions,
    exposure.unanswered_dlt,
    exposure.dlt_events,
    exposure.tablet_counts,
    exposure.raised_again,
    exposure.holds,
    events.grades,
    events.event_dates,
    events.repeated_events,
    events.relations,
    events.outcomes,
    events.seriousness,
    events.withdrawals,
    events.discontinuations,
    events.overlapping_events,
    events.fatal_events,
    events.death_as_end,
    events.death_dates_agree,
    events.death_records,
    events.after_death,
    events.survival_contacts,
    tumor.missing_details,
    assessments.undated_responses,
    assessments.visit_order,
    tumor.measured_twice,
    targets.ineligible_targets,
    assessments.baseline_scans,
    tumor.changed_lesions,
    tumor.implausible_diameters,
    assessments.missed_assessments,
    tumor.treated_lesions,
    tumor.unlinked_lesions,
    assessments.without_lesions,
    assessments.new_lesion_answers,
    pk.planned_times,
    pk.sample_order,
    pk.sample_windows,
    pk.repeated_samples,
    pk.below_limit,
    pk.drug_before_dose,
    pk.trough_conditions,
    pk.dose_problems,
    pk.samples_and_results,
    enrollment.before_birth,
    events.unrecorded_therapy,
)


@uses(
    "data_cutoff",
    "dlt.window_days",
    "escalation.dose_levels_mg",
    "rp2d.declared_on",
    "rp2d.value",
    "tumor.baseline_window_days",
    "tumor.interval_days",
    "tumor.new_lesion_blank",
    "tumor.window_days",
    "visit.schedule",
)
def cross_checks(
    dm: pd.DataFrame,
    ds: pd.DataFrame,
    dd: pd.DataFrame,
    ex: pd.DataFrame,
    ec: pd.DataFrame,
    ae: pd.DataFrame,
    fa: pd.DataFrame,
    tu: pd.DataFrame,
    tr: pd.DataFrame,
    rs: pd.DataFrame,
    cm: pd.DataFrame,
    pr: pd.DataFrame,
    pc: pd.DataFrame,
    ss: pd.DataFrame,
    study: View,
) -> pd.DataFrame:
    """Return the queries of all cross checks, in the order of CROSS_CHECKS, then of the records; columns QUERY_COLUMNS.

    A domain of a form that the study lacks is empty and yields nothing; `summarize` reports its rules as not run.
    """
    domains = {"dm": dm, "ds": ds, "dd": dd, "ex": ex, "ec": ec, "ae": ae, "fa": fa, "tu": tu, "tr": tr, "rs": rs}
    domains |= {"cm": cm, "pr": pr, "pc": pc, "ss": ss}
    available = {**domains, "domains": domains, "study": study}
    found = [check(**{name: available[name] for name in inspect.signature(check).parameters}) for check in CROSS_CHECKS]
    return together(found, QUERY_COLUMNS)
