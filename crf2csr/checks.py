"""The data-quality checks as data, and the one place where a query row is built.

`CHECKS` holds one line a rule; the functions that find the rows live where the data are: reader, prepared forms,
domains, cross checks, datasets. A query is a row of `crf2csr.results.QUERY_COLUMNS`; severity E forbids the lock, W
goes to the query list, I informs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from crf2csr.errors import shown

if TYPE_CHECKING:
    import pandas as pd


class Check(NamedTuple):
    """A rule: severity (E, W, I), the forms it reads, the text of its message.

    Forms are `all`, or names separated by blanks, all of which the rule needs; `a|b` runs on those of them that the
    study has.
    """

    severity: str
    forms: str
    text: str


#: Rule id -> check. One line a rule, in the order of the ids.
CHECKS: dict[str, Check] = {
    # files, structure, coding: found by the reader and by prepare_form
    "Q-101": Check("W", "all", "file is neither mapped nor declared as ignored"),
    "Q-102": Check("I", "all", "column is not in the mapping"),
    "Q-103": Check("E", "all", "records contradict each other under one key"),
    "Q-104": Check("W", "all", "identical duplicate record dropped, one kept"),
    "Q-105": Check("E", "all", "subject is not in dm"),
    "Q-106": Check("E", "all", "site does not belong to the study or to the subject"),
    "Q-107": Check("E", "all", "code is not in the code list, or label and code disagree"),
    "Q-108": Check("E", "all", "value cannot be read; the text is kept"),
    "Q-109": Check("W", "all", "missing code that the field does not list"),
    "Q-110": Check("W", "all", "value outside plausible limits"),
    "Q-111": Check("W", "all", "form incomplete or unlocked, or query open at source"),
    "Q-112": Check("I", "all", "record deleted at source"),
    "Q-113": Check("E", "all", "leading zero lost"),
    "Q-115": Check("W", "ae|mh|cm", "adverse event, condition or medication not coded"),
    "Q-116": Check("E", "all", "character that does not belong in the text"),
    "Q-117": Check("W", "dm", "checkbox group is contradictory or unanswered"),
    "Q-118": Check("E", "all", "personal identifier in free text"),
    "Q-120": Check("W", "all", "visit label unknown"),
    # demography, arm, disposition: cross checks of the clean stage
    "Q-202": Check("E", "dm", "age at consent missing or outside 18 to 90 years"),
    "Q-203": Check("E", "dm", "sex is not female, or post-menopausal status not confirmed"),
    "Q-204": Check("E", "dm", "same site and birth date as another subject: possible second enrollment"),
    "Q-205": Check("E", "dm ex_oral|ex_tdm1", "consent missing, or later than the first dose"),
    "Q-206": Check("E", "enr", "dose level of an enrolled subject is missing or not planned"),
    "Q-207": Check("E", "enr", "enrollments do not fit the design"),
    "Q-208": Check("E", "enr ex_oral|ex_tdm1", "treated and never enrolled, or enrolled and nothing after 60 days"),
    "Q-209": Check("E", "eos fu", "more than one end of study, or end of study before the last contact"),
    "Q-210": Check("E", "eos ex_oral|ex_tdm1", "dose after the end of study"),
    "Q-211": Check("E", "eot ex_oral|ex_tdm1", "dose after the last dose date of the end-of-treatment form"),
    "Q-212": Check("W", "eot eos ae ex_oral|ex_tdm1", "end of treatment and what ended the drug do not agree"),
    "Q-213": Check("W", "enr ex_oral", "first palbociclib dose differs from the assigned level"),
    "Q-215": Check("E", "enr dlt", "more subjects at a dose level than the escalation rule allows at that time"),
    "Q-216": Check("W", "dm enr eos", "screened subject has neither enrollment nor a reason for screen failure"),
    "Q-217": Check("I", "ae ex_oral|ex_tdm1", "treated subject without any adverse event"),
    "Q-218": Check("W", "dm", "earliest consent is far from the registered start of the study"),
    # eligibility
    "Q-301": Check("E", "ie enr", "enrolled and a criterion does not allow it or is not answered"),
    "Q-302": Check("E", "pe enr", "performance status at baseline above 2 or missing"),
    "Q-303": Check("E", "ptx|cm enr", "prior CDK4/6 inhibitor"),
    "Q-304": Check("E", "ptx enr", "no taxane or no trastuzumab before the study"),
    "Q-305": Check("W", "ptx|act ex_oral|ex_tdm1", "chemotherapy or radiotherapy within 14 days before the first dose"),
    "Q-306": Check("W", "dxh enr", "estrogen receptor or HER2 missing or negative"),
    "Q-308": Check("W", "dxh|mh enr", "leptomeningeal disease"),
    "Q-309": Check("E", "ie dv enr", "waiver without an important deviation"),
    "Q-310": Check("W", "ptx", "line, setting or agent of a prior therapy is not clear"),
    "Q-311": Check("W", "dxh tl|ntl", "lesion at baseline in an organ that the disease history does not name"),
    # exposure and dose limiting toxicity
    "Q-401": Check("W", "ex_oral|ex_tdm1", "dosing record entered twice"),
    "Q-402": Check("E", "ex_oral|ex_tdm1", "given, and dose, unit or complete start date missing"),
    "Q-403": Check("E", "ex_oral|ex_tdm1", "given answer missing, or not given with a dose"),
    "Q-404": Check("E", "ex_oral|ex_tdm1", "dosing period ends before it starts or overlaps another of the drug"),
    "Q-405": Check("W", "ex_oral|ex_tdm1", "order of the records and order of their dates differ, or cycle missing"),
    "Q-406": Check("E", "ex_oral|ex_tdm1", "drug or cycle missing or unknown"),
    "Q-407": Check("E", "ex_oral dosemod enr", "palbociclib dose is not a planned level nor a recorded reduction"),
    "Q-408": Check("W", "ex_tdm1", "infusion times missing or out of order"),
    "Q-409": Check(
        "W", "ex_tdm1 dosemod", "dose of T-DM1 differs by more than 10 % from the planned mg/kg, or no weight"
    ),
    "Q-410": Check("W", "ex_tdm1 vs", "weight differs by more than 10 % from the weight used for the dose"),
    "Q-411": Check("W", "ex_tdm1 dosemod", "cycle length outside the window and no delay recorded"),
    "Q-412": Check("W", "dosemod ae", "modification without a reason, or without the action on the adverse event"),
    "Q-413": Check("W", "ae dosemod", "action on the adverse event without a modification within 28 days"),
    "Q-414": Check("E", "dlt enr", "dose limiting toxicity not answered after the window closed"),
    "Q-415": Check("E", "dlt ae", "dose limiting toxicity: form, adverse events and their grades do not agree"),
    "Q-416": Check("W", "dlt ex_oral|ex_tdm1 dosemod", "evaluable answer of the form differs from the rule"),
    "Q-417": Check("W", "ex_oral", "tablets returned, dispensed and taken do not agree"),
    "Q-418": Check("W", "ex_oral", "dose raised again after a reduction"),
    "Q-419": Check(
        "W", "dosemod ex_oral|ex_tdm1 eot", "hold without resumption, resumed before it began, or dose taken inside it"
    ),
    # adverse events and death
    "Q-501": Check("E", "ae", "grade missing or not 1 to 5"),
    "Q-502": Check("E", "ae", "event ends before it starts"),
    "Q-503": Check("W", "ae", "event entered twice"),
    "Q-504": Check("E", "ae", "relation to a drug missing"),
    "Q-505": Check("W", "ae", "outcome, end date and ongoing answer do not agree"),
    "Q-506": Check("W", "ae", "grade that the term does not have in CTCAE 4.03"),
    "Q-507": Check("E", "ae", "serious answer and seriousness criteria do not agree, or no answer"),
    "Q-508": Check("W", "ae eot", "drug withdrawn for the event and end of treatment do not agree"),
    "Q-509": Check("W", "ae eos", "led to study discontinuation and end of study do not agree"),
    "Q-510": Check("W", "lb ae", "laboratory result of grade 3 or 4 without an adverse event of its kind"),
    "Q-511": Check("W", "ae", "records of one term overlap"),
    "Q-513": Check("W", "ae", "start date unknown, or too vague to tell it from the first dose"),
    "Q-514": Check("W", "ae dm mh", "event starts before consent and is not in medical history"),
    "Q-601": Check("E", "ae", "death date of the event and seriousness 'results in death' do not agree"),
    "Q-602": Check("E", "ae", "fatal outcome and death date of the event do not agree"),
    "Q-603": Check("E", "ae", "grade 5 and fatal outcome do not agree"),
    "Q-604": Check("E", "ae eos", "death as end of study and fatal adverse event or cause do not agree"),
    "Q-605": Check("E", "ae eos fu", "death dates of adverse event, end of study and follow-up differ"),
    "Q-606": Check("E", "eos fu", "death reported without a date"),
    "Q-607": Check("W", "ae", "end date of the fatal event differs from the death date"),
    "Q-608": Check("W", "eos fu", "death without end-of-study form or cause, or recorded twice"),
    "Q-609": Check("E", "eos fu", "two different death dates"),
    "Q-610": Check("W", "eos fu", "death date is partial"),
    "Q-611": Check("E", "all", "record dated after the death"),
    "Q-612": Check("E", "fu eos", "survival contact contradicts the death date"),
    "Q-613": Check("W", "fu", "contact and survival status do not agree"),
    # tumor
    "Q-701": Check("E", "tl", "target measurement missing or contradicted by the status word"),
    "Q-702": Check("W", "tl|ntl|nl", "organ, date, method or state of a lesion missing"),
    "Q-703": Check("E", "rs", "response without date or visit"),
    "Q-704": Check("W", "tl ntl rs", "visits and their dates are out of order"),
    "Q-705": Check("E", "tl", "lesion measured twice at a visit"),
    "Q-706": Check("E", "tl rs", "investigator's target response is not that of the measurements"),
    "Q-707": Check("E", "rs", "investigator's overall response is not that of its parts"),
    "Q-708": Check("E", "nl tl ntl rs", "new lesion without progression, or progression without evidence"),
    "Q-709": Check("W", "tl", "target lesion does not meet the rules of selection"),
    "Q-710": Check("W", "tl ntl ex_oral|ex_tdm1", "baseline scan too early or after the first dose"),
    "Q-711": Check("E", "tl rs", "complete response with disease in a target lesion"),
    "Q-712": Check("W", "rs act", "response after progression or new therapy, or not confirmed"),
    "Q-713": Check("W", "tl ntl rs", "disease back after a complete response"),
    "Q-714": Check("E", "rs", "stable disease before the minimum duration and nothing better"),
    "Q-715": Check("W", "tl", "target lesion changes between visits"),
    "Q-716": Check("W", "tl", "diameter implausible"),
    "Q-717": Check("W", "nl rs", "progression is dated later than its first evidence"),
    "Q-718": Check("W", "tl ntl rs", "tumor assessment missed"),
    "Q-719": Check("E", "tl rs", "target lesions at baseline and a response without them, or the reverse"),
    "Q-720": Check("W", "act tl", "lesion treated locally is still measured"),
    "Q-721": Check("W", "tl", "split or merged lesion without its parent"),
    "Q-722": Check("W", "tl ntl rs ex_oral|ex_tdm1", "no lesion at baseline"),
    "Q-723": Check("W", "nl tl ntl", "new-lesion form absent for a visit with tumor data"),
    # laboratory, vital signs, heart
    "Q-801": Check("W", "lb", "result without a standard value: only a bound is reported"),
    "Q-802": Check("W", "lb", "unit or reference range missing, or unit unknown"),
    "Q-803": Check("W", "lb", "value implausible by a factor: unit and number may not belong together"),
    "Q-804": Check("W", "lb ae", "grade of a laboratory event that no result has"),
    "Q-805": Check("W", "lb", "samples out of the order of their visits, or time missing on the day of the first dose"),
    "Q-806": Check("W", "lb ex_oral|ex_tdm1", "sample planned before the first dose is after it"),
    "Q-807": Check("E", "lb", "cells of a differential are more than all white cells"),
    "Q-808": Check("W", "vs", "systolic below diastolic, or pulse or temperature outside limits"),
    "Q-809": Check("E", "vs ex_tdm1", "weight missing at a T-DM1 infusion, or height missing"),
    "Q-810": Check("W", "card ex_oral|ex_tdm1", "ejection fraction missing when it is due, or its method changed"),
    "Q-811": Check("W", "lb", "reference range contradicts itself"),
    "Q-812": Check("W", "lb", "calcium without albumin of the same sample: not graded"),
    "Q-813": Check("W", "card", "recorded QTcF differs from that of the recorded QT and RR"),
    # patient-reported outcomes
    "Q-901": Check("W", "promis|bcpt", "two dates for one questionnaire at a visit"),
    "Q-902": Check("W", "promis|bcpt", "not done without a reason, or answered although not done"),
    "Q-903": Check("E", "promis|bcpt", "answer outside its scale or not a whole number"),
    "Q-904": Check("W", "promis", "version changed within the subject"),
    "Q-905": Check(
        "W", "promis|bcpt", "questionnaire at baseline after the first dose, off its visit, or out of order"
    ),
    "Q-907": Check("E", "promis", "no scoring table for the version of the short form"),
    # pharmacokinetics
    "Q-1001": Check("E", "pk", "nominal time is not planned for the visit"),
    "Q-1002": Check("E", "pk", "sample time contradicts its label, or dose time missing"),
    "Q-1003": Check("W", "pk", "sample outside its time window, or the clocks changed since the dose"),
    "Q-1004": Check("E", "pk", "two samples share a time or a specimen id"),
    "Q-1005": Check("W", "pk", "number below the limit of quantification, or another limit in the text"),
    "Q-1006": Check("W", "pk", "drug quantified before the first dose"),
    "Q-1007": Check("E", "pk", "concentration negative or in another unit"),
    "Q-1008": Check("W", "pk", "trough after missed doses or outside its time"),
    "Q-1009": Check("W", "pk ae", "dose of the sample missed or vomited"),
    "Q-1010": Check("W", "pk", "concentration and sample do not agree"),
    # generic
    "Q-1104": Check("W", "sv ex_oral|ex_tdm1", "visit outside its window, or missing between two visits"),
    "Q-1105": Check("W", "cm", "medication not coded, or without indication"),
    "Q-1106": Check("W", "cm|act ex_oral|ex_tdm1", "prohibited medication during treatment"),
    "Q-1107": Check("W", "dv", "important deviation without category, or eligibility without criterion"),
    "Q-1108": Check("W", "cm|mh|act|ptx", "end before start, or ongoing with an end"),
    "Q-1110": Check("W", "fu act", "new therapy reported at follow-up is not recorded, or its start is not known"),
    # dates: found by prepare_form
    "Q-1101": Check("E", "all", "date after the extract"),
    "Q-1102": Check("E", "all", "impossible date"),
    "Q-1103": Check("W", "all", "part of the date cannot be used"),
}


def query(
    rule: str,
    *,
    subject: str,
    form: str,
    file: str,
    row: int | str,
    field: str,
    value: str = "",
    expected: str = "",
    severity: str = "",
) -> dict[str, str]:
    """Return one query row with the standard message.

    `rule` is a key of CHECKS; `expected` says what would have been right and follows the text of the rule; `severity`
    replaces that of the rule where a finding weighs otherwise. `value` is kept as recorded; only the message shows
    hidden characters as escapes. Message: `{rule} {subject} {form}.{field} ({file} row {row}) = '{value}': {text};
    {expected}`.
    """
    check = CHECKS[rule]
    text = f"{check.text}; {expected}" if expected else check.text
    message = query_message(rule, subject, form, field, file, row, value, text)
    return {
        "subject": subject,
        "form": form,
        "RAWFILE": file,
        "RAWROW": str(row),
        "field": field,
        "value": value,
        "rule": rule,
        "severity": severity or check.severity,
        "message": message,
    }


def query_message(
    rule: str, subject: str, form: str, field: str, file: str, row: int | str, value: str, text: str
) -> str:
    """Return the standard message of a query: rule, subject and place, file and row, the value, what is wrong."""
    place = ".".join(part for part in (form, field) if part)
    who = " ".join(part for part in (rule, shown(subject), place) if part)
    return f"{who} ({shown(file)} row {row}) = '{shown(value)}': {text}"


def absent_forms(rule: str, present: Iterable[str]) -> list[str]:
    """Return the forms that a rule needs and the study does not have: with any of them the rule does not run."""
    needed, found = CHECKS[rule].forms.split(), set(present)
    return [] if needed == ["all"] else [name for name in needed if not found & set(name.split("|"))]


def only_run(queries: pd.DataFrame, present: Iterable[str]) -> pd.DataFrame:
    """Return the queries of the rules that run in a study with these forms: one reported as not run finds nothing."""
    forms = tuple(present)
    return queries[queries["rule"].map(lambda rule: not absent_forms(rule, forms)).astype(bool)]


def summarize(queries: pd.DataFrame, tested: Mapping[str, int], forms: Iterable[str]) -> pd.DataFrame:
    """Return one row a rule of CHECKS: rule, severity, forms, records tested, failures, why it did not run.

    `queries` are all queries of the cut, `tested` the records of each form, `forms` the forms that the study has. A
    rule with an absent form is reported as `not run: form x absent` and never as passed.
    """
    import pandas as pd

    present, failures = set(forms), queries["rule"].value_counts()
    rows = []
    for rule, check in CHECKS.items():
        absent = absent_forms(rule, present)
        named = sorted(present) if check.forms == "all" else check.forms.replace("|", " ").split()
        records = sum(tested.get(name, 0) for name in named)
        reason = f"not run: form {', '.join(absent)} absent" if absent else ""
        rows.append((rule, check.severity, check.forms, "" if absent else records, failures.get(rule, 0), reason))
    columns = ["rule", "severity", "forms", "tested", "failures", "not_run"]
    return pd.DataFrame([tuple(map(str, row)) for row in rows], columns=columns, dtype="string")
