"""Checks that need several records, domains or the study: each one function of the domains it reads, listed here as
data."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from crf2csr.clean import cross_checks_assessments as assessments
from crf2csr.clean import cross_checks_eligibility as eligibility
from crf2csr.clean import cross_checks_enrollment as enrollment
from crf2csr.clean import cross_checks_events as events
from crf2csr.clean import cross_checks_exposure as exposure
from crf2csr.clean import cross_checks_grades as graded
from crf2csr.clean import cross_checks_laboratory as laboratory
from crf2csr.clean import cross_checks_medication as medication
from crf2csr.clean import cross_checks_pk as pk
from crf2csr.clean import cross_checks_questionnaires as questionnaires
from crf2csr.clean import cross_checks_samples as samples
from crf2csr.clean import cross_checks_targets as targets
from crf2csr.clean import cross_checks_tumor as tumor
from crf2csr.clean import cross_checks_visits as visits
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
    medication.uncoded_history,
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
    eligibility.unsettled_screening,
    enrollment.without_events,
    eligibility.study_start,
    eligibility.criteria,
    eligibility.performance,
    eligibility.prior_inhibitors,
    eligibility.required_therapies,
    eligibility.recent_therapy,
    eligibility.receptors,
    eligibility.leptomeningeal,
    eligibility.waivers,
    exposure.entered_twice,
    exposure.incomplete_doses,
    exposure.given_answers,
    exposure.periods,
    exposure.record_order,
    exposure.palbociclib_doses,
    exposure.infusion_times,
    laboratory.doses_by_weight,
    laboratory.changed_weights,
    exposure.cycle_lengths,
    exposure.modification_reasons,
    exposure.event_actions,
    exposure.unanswered_dlt,
    exposure.dlt_events,
    graded.mild_toxicities,
    exposure.tablet_counts,
    exposure.raised_again,
    exposure.holds,
    events.grades,
    events.event_dates,
    events.repeated_events,
    events.relations,
    events.outcomes,
    graded.undefined_grades,
    events.seriousness,
    events.withdrawals,
    events.discontinuations,
    graded.unreported_results,
    events.overlapping_events,
    graded.events_before_consent,
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
    assessments.scans_before_treatment,
    tumor.changed_lesions,
    tumor.implausible_diameters,
    assessments.missed_assessments,
    tumor.treated_lesions,
    tumor.unlinked_lesions,
    assessments.without_lesions,
    assessments.new_lesion_answers,
    samples.signed_results,
    laboratory.implausible_results,
    samples.grades_of_events,
    samples.sample_order,
    samples.samples_after_dose,
    samples.differentials,
    laboratory.vital_limits,
    laboratory.missing_weights,
    laboratory.ejection_fractions,
    laboratory.reversed_limits,
    laboratory.calcium_without_albumin,
    questionnaires.two_dates,
    questionnaires.not_done,
    questionnaires.versions,
    questionnaires.questionnaire_dates,
    questionnaires.unexpected_forms,
    pk.planned_times,
    pk.sample_order,
    pk.sample_windows,
    pk.clock_changes,
    pk.repeated_samples,
    pk.below_limit,
    pk.drug_before_dose,
    pk.trough_conditions,
    pk.trough_doses,
    pk.dose_problems,
    pk.samples_and_results,
    enrollment.before_birth,
    visits.visit_windows,
    medication.incomplete_medication,
    medication.prohibited_medication,
    medication.deviation_categories,
    medication.periods_of_records,
    events.unrecorded_therapy,
)


@uses(
    "cycle.days",
    "data_cutoff",
    "dlt.window_days",
    "dose.tdm1_mg_kg",
    "escalation.dose_levels_mg",
    "pk.clock_change",
    "pk.cmax_days",
    "pk.trough_days",
    "pk.windows_min",
    "rp2d.declared_on",
    "rp2d.value",
    "study.start_date",
    "tumor.baseline_window_days",
    "tumor.interval_days",
    "tumor.new_lesion_blank",
    "tumor.window_days",
    "visit.schedule",
    "visit.window_days",
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
    ie: pd.DataFrame,
    sv: pd.DataFrame,
    vs: pd.DataFrame,
    mh: pd.DataFrame,
    famh: pd.DataFrame,
    pe: pd.DataFrame,
    rsec: pd.DataFrame,
    lb: pd.DataFrame,
    eg: pd.DataFrame,
    cv: pd.DataFrame,
    qs: pd.DataFrame,
    dv: pd.DataFrame,
    study: View,
) -> pd.DataFrame:
    """Return the queries of all cross checks, in the order of CROSS_CHECKS, then of the records; columns QUERY_COLUMNS.

    A domain of a form that the study lacks is empty and yields nothing; `summarize` reports its rules as not run.
    """
    domains = {name: frame for name, frame in locals().items() if name != "study"}
    available = {**domains, "domains": domains, "study": study}
    found = [check(**{name: available[name] for name in inspect.signature(check).parameters}) for check in CROSS_CHECKS]
    return together(found, QUERY_COLUMNS)
