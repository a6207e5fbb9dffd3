"""Cross checks of tumor assessments as visits: dates, order, schedule, baseline, answers on new lesions (Q-700)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    ON_STUDY,
    before,
    day,
    death_dates,
    doubt,
    ends_of_study,
    first_dose,
    first_rows,
    form_names,
    found,
    given,
    of_subject,
    true,
)
from crf2csr.clean.domains import visit_numbers

if TYPE_CHECKING:
    from crf2csr.study import View


def undated_responses(rs: pd.DataFrame) -> pd.DataFrame:
    """Q-703: a response without date or visit."""
    rows = rs[rs["RSTESTCD"].eq("OVRLRESP")]
    return found(
        doubt(rows[rows["RSDTC"].isna()], "rs", "RSDTC", "Q-703", "expected a date"),
        doubt(rows[rows["VISIT"].isna()], "rs", "VISIT", "Q-703", "expected a visit"),
    )


def visit_order(tr: pd.DataFrame, rs: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-704: the date of a planned tumor visit is not later than that of the visit before; visit missing."""
    lesions, responses = tr[tr["TRGRPID"].ne("NEW")], rs[rs["RSTESTCD"].eq("OVRLRESP")]
    planned = visit_numbers(visit for visit in study["visit.schedule"] if visit.day is not None)
    return found(
        doubt(lesions[lesions["VISIT"].isna()], "tr", "VISIT", "Q-704", "expected a visit"),
        _disorder(lesions[lesions["VISIT"].isin(list(planned))], "tr", "TRDTC"),
        _disorder(responses[responses["VISIT"].isin(list(planned))], "rs", "RSDTC"),
    )


def _disorder(rows: pd.DataFrame, domain: str, variable: str) -> pd.DataFrame:
    """Return a query on the first row of every visit and form that starts no later than the visit before ended."""
    rows = rows.assign(FORM=form_names(rows, domain))[true(rows[variable].str.len() >= 10)]
    visits = rows.groupby(["FORM", "USUBJID", "VISITNUM"])[variable].agg(["min", "max"]).reset_index()
    visits["previous"] = visits.groupby(["FORM", "USUBJID"])["max"].shift()
    late = visits[true(visits["min"].str.slice(0, 10) <= visits["previous"].str.slice(0, 10))]
    first = first_rows(rows, ["VISITNUM", variable], ["FORM", "USUBJID", "VISITNUM"])
    keys = pd.MultiIndex.from_frame(late[["FORM", "USUBJID", "VISITNUM"]])
    wrong = pd.MultiIndex.from_frame(first[["FORM", "USUBJID", "VISITNUM"]]).isin(keys)
    return doubt(first[wrong], domain, variable, "Q-704", "expected after the visit before")


def baseline_scans(tr: pd.DataFrame, ex: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-710: a scan of the first tumor visit after the first dose, or more than `tumor.baseline_window_days` before it;
    once a form."""
    rows, window = _first_visit(tr), study["tumor.baseline_window_days"]
    ahead = (day(of_subject(rows, first_dose(ex))) - day(rows["TRDTC"])).dt.days
    wrong = rows.assign(FORM=form_names(rows, "tr"))[true((ahead < 0) | (ahead > window))]
    once = first_rows(wrong, ["TRDTC", "RAWROW"], ["USUBJID", "FORM"])
    return doubt(once, "tr", "TRDTC", "Q-710", f"expected 0 to {window} days before the first dose")


def scans_before_treatment(tr: pd.DataFrame, ex: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-710: a scan certainly before the first dose at a visit planned after it, once a visit and form.

    The last assessment before the first dose is baseline whatever its label says (R-501), so a wrong date or label here
    replaces the screening scan without a word.
    """
    planned = visit_numbers(visit for visit in study["visit.schedule"] if visit.day is not None and visit.day > 1)
    rows = tr[tr["TRGRPID"].ne("NEW") & tr["VISIT"].isin(list(planned))]
    early = rows[before(rows["TRDTC"], of_subject(rows, first_dose(ex)).str.slice(0, 10))]
    once = first_rows(early.assign(FORM=form_names(early, "tr")), ["TRDTC", "RAWROW"], ["USUBJID", "VISIT", "FORM"])
    return doubt(once, "tr", "TRDTC", "Q-710", "a visit after the first dose; expected no scan before it")


def _first_visit(tr: pd.DataFrame) -> pd.DataFrame:
    """Return the target and non-target rows of the first tumor visit of each subject."""
    rows = tr[tr["TRGRPID"].ne("NEW") & tr["VISITNUM"].notna()]
    return rows[true(rows["VISITNUM"].eq(rows.groupby("USUBJID")["VISITNUM"].transform("min")))]


def missed_assessments(domains: Mapping[str, pd.DataFrame], study: View) -> pd.DataFrame:
    """Q-718: more than `tumor.interval_days` and two windows without an assessment, from the first dose on.

    The gap ends with the next assessment (on which the query stands) or, where no progression was recorded, with the
    earliest of death, end of study, new systemic therapy and cutoff (the query stands on the last assessment). An
    assessment is a response record, or the first lesion record of a visit that has none; scans before the first dose
    only start the count.
    """
    limit = study["tumor.interval_days"] + 2 * study["tumor.window_days"]
    visits = _assessments(domains["tr"], domains["rs"])
    start = day(of_subject(visits, first_dose(domains["ex"])))
    visits = visits.assign(START=start).sort_values(["USUBJID", "DAY", "VISITNUM"], kind="stable")
    visits = visits[true(visits["START"].notna())]
    on_study = true(visits["DAY"] > visits["START"])
    previous = visits["DAY"].where(on_study).groupby(visits["USUBJID"]).shift().fillna(visits["START"])
    late = on_study & true((visits["DAY"] - previous).dt.days > limit)
    last = ~visits.duplicated("USUBJID", keep="last")
    ended = visits["USUBJID"].map(_end_of_imaging(domains, str(study["data_cutoff"])))
    silent = last & true((ended - visits["DAY"].where(on_study).fillna(visits["START"])).dt.days > limit)
    return found(
        *_on_record(visits[late], domains, f"expected within {limit} days of the assessment before or the first dose"),
        *_on_record(visits[silent], domains, f"no assessment in the {limit} days after this one"),
    )


def _assessments(tr: pd.DataFrame, rs: pd.DataFrame) -> pd.DataFrame:
    """Return one row an assessment: USUBJID, VISITNUM, DAY, and the domain and row (PLACE) that record it."""
    responses = rs[rs["RSTESTCD"].eq("OVRLRESP")]
    lesions = first_rows(tr[tr["TRGRPID"].ne("NEW")], ["VISITNUM", "TRDTC", "RAWROW"], ["USUBJID", "VISITNUM"])
    parts = [
        pd.DataFrame(
            {
                "USUBJID": rows["USUBJID"],
                "VISITNUM": rows["VISITNUM"],
                "DAY": day(rows[date]),
                "DOMAIN": name,
                "PLACE": rows.index,
            }
        )
        for name, rows, date in (("rs", responses, "RSDTC"), ("tr", lesions, "TRDTC"))
    ]
    both = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True).dropna(
        subset=["VISITNUM", "DAY"]
    )
    return both.drop_duplicates(["USUBJID", "VISITNUM"])


def _end_of_imaging(domains: Mapping[str, pd.DataFrame], cutoff: str) -> pd.Series:
    """Return the day on which imaging ends by USUBJID, for subjects without recorded progression."""
    therapy = domains["cm"].loc[domains["cm"]["CMCAT"].eq(ON_STUDY), ["USUBJID", "CMSTDTC"]]
    ends = [ends_of_study(domains["ds"])[["USUBJID", "DSSTDTC"]], therapy]
    death = death_dates(domains["dd"], domains["ae"])
    ends.append(pd.DataFrame({"USUBJID": death.index, "DTHDTC": death.to_numpy()}))
    ends.append(domains["dm"][["USUBJID"]].assign(CUTOFF=cutoff))
    dates = pd.concat([rows.set_axis(["USUBJID", "END"], axis=1).astype("string") for rows in ends], ignore_index=True)
    progressed = domains["rs"].loc[true(domains["rs"]["RSSTRESC"].eq("PD")), "USUBJID"]
    dates = dates[~dates["USUBJID"].isin(progressed)]
    return day(dates["END"]).groupby(dates["USUBJID"]).min()


def _on_record(visits: pd.DataFrame, domains: Mapping[str, pd.DataFrame], expected: str) -> list[pd.DataFrame]:
    places = {name: visits.loc[visits["DOMAIN"].eq(name), "PLACE"] for name in ("rs", "tr")}
    dates = {"rs": "RSDTC", "tr": "TRDTC"}
    return [doubt(domains[name].loc[rows], name, dates[name], "Q-718", expected) for name, rows in places.items()]


def without_lesions(dm: pd.DataFrame, ex: pd.DataFrame, tr: pd.DataFrame, rs: pd.DataFrame) -> pd.DataFrame:
    """Q-722: treated, and neither target nor non-target lesion at or before the first dose; on the first response,
    else on dm."""
    start, lesions = first_dose(ex), tr[tr["TRGRPID"].ne("NEW")]
    baseline = lesions[~before(of_subject(lesions, start), lesions["TRDTC"])]
    lacking = dm[dm["USUBJID"].isin(given(ex)["USUBJID"]) & ~dm["USUBJID"].isin(baseline["USUBJID"])]
    responses = rs[rs["USUBJID"].isin(lacking["USUBJID"]) & rs["RSTESTCD"].isin(["TRGRESP", "OVRLRESP"])]
    first = first_rows(responses.sort_values("RSTESTCD", ascending=False, kind="stable"), ["VISITNUM"])
    silent = lacking[~lacking["USUBJID"].isin(first["USUBJID"])]
    return found(
        doubt(first, "rs", "RSSTRESC", "Q-722", "expected lesions at baseline"),
        doubt(silent, "dm", "USUBJID", "Q-722", "expected lesions at baseline"),
    )


def new_lesion_answers(tr: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-723: a visit after baseline with lesions and no new-lesion form; a blank answer where `tumor.new_lesion_blank`
    is `unknown`."""
    old = tr[tr["TRGRPID"].ne("NEW") & tr["VISITNUM"].notna()]
    later = old[true(old["VISITNUM"] > old.groupby("USUBJID")["VISITNUM"].transform("min"))]
    visits = first_rows(later, ["TRGRPID", "TRLNKID"], ["USUBJID", "VISIT"]) if len(later) else later
    new = tr[tr["TRGRPID"].eq("NEW")]
    answered = pd.MultiIndex.from_frame(visits[["USUBJID", "VISIT"]]).isin(
        pd.MultiIndex.from_frame(new[["USUBJID", "VISIT"]])
    )
    blank = new[new["TRSTRESC"].isna()] if study["tumor.new_lesion_blank"] == "unknown" else new.iloc[:0]
    return found(
        doubt(visits[~answered], "tr", "VISIT", "Q-723", "expected the new-lesion form"),
        doubt(blank, "tr", "TRSTRESC", "Q-723", "expected Y or N"),
    )
