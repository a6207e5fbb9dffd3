"""The keys of a study and of a cut with their types: what a protocol, a registry, a SAP or a sponsor may decide."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator


def _day_text(value: Any) -> Any:
    """Return the text of a date; seconds since 1970, a time, another order of day and month are refused (F-302)."""
    if isinstance(value, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("expected a day as yyyy-mm-dd")
    return value


Day = Annotated[date, BeforeValidator(_day_text)]


def _exact(value: Any) -> Any:
    """Return a fraction written as `1/3`."""
    if isinstance(value, str) and re.fullmatch("[0-9]+/[1-9][0-9]*", value):
        return Fraction(value)
    raise ValueError("expected a fraction such as 1/3")


Exact = Annotated[Fraction, PlainValidator(_exact)]


def _around_one(value: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal]:
    """Return limits of a ratio; they lie on both sides of 1."""
    if not 0 < value[0] < 1 < value[1]:
        raise ValueError("expected two limits of a ratio, one below 1 and one above")
    return value


Around1 = Annotated[tuple[Decimal, Decimal], AfterValidator(_around_one)]
Probability = Annotated[Decimal, Field(ge=0, le=1)]


class Visit(BaseModel):
    """A planned visit, or a series of them (`{n}` counts from `first` to `last`): name, number for sorting, planned
    study day."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    number: float
    day: int | None = None
    first: int | None = None
    last: int | None = None
    number_step: float = 1
    day_step: int = 0


#: Every key of a study or a cut with its type. Text of a YAML scalar is converted by this type and by nothing else.
KEYS: dict[str, Any] = {
    "endpoints.orr_time_frame": str,
    "escalation.dose_levels_mg": tuple[int, ...],
    "escalation.cohort_size": int,
    "cycle.days": int,
    "dose.letrozole_mg": Decimal,
    "dose.tdm1_mg_kg": Decimal,
    "escalation.variant": Literal["deescalate", "classic", "six_at_top", "registered"],
    "escalation.toxicity_vectors": tuple[tuple[Probability, ...], ...],
    "dlt.window_days": int,
    "dlt.min_dose_pct": int,
    "dlt.require_tdm1": bool,
    "population.fas": Literal["enrolled_and_dosed"],
    "population.measurable": Literal["as_entered", "eligible"],
    "subgroup.visceral_organs": tuple[str, ...],
    "response.source": Literal["derived", "investigator"],
    "response.confirm_days": int,
    "response.max_ne": int,
    "response.accept_sd": bool,
    "response.sd_min_days": int,
    "response.cr_then_disease": Literal["query_only", "table3"],
    "response.pr_persistence": Literal["none", "confirmed"],
    "response.missing_as_ne": bool,
    "tumor.interval_days": int,
    "tumor.window_days": int,
    "tumor.baseline_window_days": int,
    "tumor.new_lesion_blank": Literal["no_if_form_present", "unknown"],
    "cbr.min_days": int,
    "tte.landmarks_months": tuple[int, ...],
    "ci.method": Literal["clopper_pearson", "wilson", "mid_p"],
    "ci.level": Annotated[float, Field(gt=0, lt=1)],
    "teae.window_days": int,
    "ae.common_cut_pct": Annotated[int, Field(gt=0, le=100)],
    "ae.interest": Annotated[str, Field(min_length=1)],
    "ae.missing_grade": Literal["missing", "3"],
    "ae.missing_relation": Literal["not_related", "related"],
    "lab.clinical_component": Literal["absent", "worst_case"],
    "death.window_days": int,
    "pro.threshold.promis_t": Decimal,
    "pro.threshold.bcpt_item": int,
    "pro.missing_baseline": Literal["excluded", "best_possible"],
    "pro.worst": Literal["maximum_change", "baseline_adjusted"],
    "pk.analyte": str,
    "pk.blq_rule": Literal["zero_then_missing", "all_zero", "tmax_split", "half_lloq_after", "pknca_default"],
    "pk.blq_max_fraction": Exact,
    "pk.cmax_days": tuple[str, ...],
    "pk.trough_days": tuple[str, ...],
    "pk.zero_is_predose": bool,
    "pk.predose_max_pct": Decimal,
    "pk.predose_exclude": bool,
    "pk.min_postdose": int,
    "pk.trough_prior_doses": int,
    "pk.windows_min": dict[str, tuple[int, int]],
    "pk.unit": Literal["ng/mL"],
    "pk.clock_change": Literal["us", "eu", "none"],
    "pk.proportionality_level": Annotated[float, Field(gt=0, lt=1)],
    "pk.proportionality_limits": Around1,
    "visit.schedule": tuple[Visit, ...],
    "visit.window_days": int,
    "study.start_date": Day,
    "display.zero_style": Literal["bare", "full"],
    "display.small_n": int,
    "data_cutoff": Day,
    "rp2d.value": int | None,
    "rp2d.declared_by": str | None,
    "rp2d.declared_on": Day | None,
}
#: Keys that belong to one cut; everything else belongs to the study.
CUT_KEYS = ("data_cutoff", "rp2d.value", "rp2d.declared_by", "rp2d.declared_on")
