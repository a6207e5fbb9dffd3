"""What the cross checks share: a query on a domain row, dates compared on their known parts, doses and enrollments of a
subject."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.domains import query_rows, together
from crf2csr.contracts import load_contract
from crf2csr.results import QUERY_COLUMNS

if TYPE_CHECKING:
    from crf2csr.study import View

#: The raw form of a domain row: one form, or a column whose value decides, with the form of every other value last.
FORMS: dict[str, tuple[str, dict[str, str], str]] = {
    "dm": ("", {}, "dm"),
    "ds": ("DSSCAT", {"ENROLLMENT": "enr", "STUDY": "eos"}, "eot"),
    "dd": ("DDORIG", {"FU": "fu"}, "eos"),
    "ex": ("EXCAT", {"INFUSION": "ex_tdm1"}, "ex_oral"),
    "ec": ("", {}, "dosemod"),
    "ae": ("", {}, "ae"),
    "fa": ("", {}, "dlt"),
    "tu": ("TUGRPID", {"NON-TARGET": "ntl", "NEW": "nl"}, "tl"),
    "tr": ("TRGRPID", {"NON-TARGET": "ntl", "NEW": "nl"}, "tl"),
    "rs": ("", {}, "rs"),
    "cm": ("CMCAT", {"PRIOR CANCER THERAPY": "ptx", "CONCOMITANT MEDICATION": "cm"}, "act"),
    "pr": ("PRCAT", {"PRIOR CANCER THERAPY": "ptx"}, "act"),
    "pc": ("", {}, "pk"),
    "ss": ("", {}, "fu"),
    "ie": ("", {}, "ie"),
    "sv": ("", {}, "sv"),
    "vs": ("", {}, "vs"),
    "mh": ("", {}, "mh"),
    "famh": ("", {}, "dxh"),
    "pe": ("", {}, "pe"),
    "rsec": ("", {}, "pe"),
    "lb": ("", {}, "lb"),
    "eg": ("", {}, "card"),
    "cv": ("", {}, "card"),
    "qs": ("QSCAT", {"BCPT": "bcpt"}, "promis"),
    "dv": ("", {}, "dv"),
}
#: Drug to the columns of AE that hold its relation and its action.
DRUGS = {
    "PALBOCICLIB": ("AERELPAL", "AEACNPAL"),
    "LETROZOLE": ("AERELLET", "AEACNLET"),
    "T-DM1": ("AERELTDM", "AEACNTDM"),
}
#: Category of the therapies of CM and PR that began on study or after study treatment (form act).
ON_STUDY = "ON-STUDY CANCER THERAPY"
PRIOR, CONCOMITANT = "PRIOR CANCER THERAPY", "CONCOMITANT MEDICATION"
#: Lengths of ISO text at which two dates can be compared: year, month, day, minute.
_KNOWN = (4, 7, 10, 16)


def doubt(
    rows: pd.DataFrame, domain: str, variable: str, rule: str, expected: str = "", severity: str = "", field: str = ""
) -> pd.DataFrame:
    """Return one query a row of a domain on `variable`; form and field are those that the contract names as its origin.

    `field` names the field where the variable of the domain comes from another one in each row. The value shown is that
    of the domain: a date with its known parts, a code as its term.
    """
    forms = form_names(rows, domain)
    origins = load_contract("clean", domain).variable(variable).origin.split()
    fields = forms.map({form: field or _field(origins, form) for form in forms.unique()})
    return query_rows(subjects(rows), rows, forms, fields, shown_values(rows[variable]), rule, expected, severity)


def _field(origins: list[str], form: str) -> str:
    named = [origin.partition(".")[2] for origin in origins if origin.startswith((f"{form}.", "common."))]
    return named[0] if named else "subject"


def form_names(rows: pd.DataFrame, domain: str) -> pd.Series:
    """Return the raw form of every row of a domain."""
    column, names, other = FORMS[domain]
    if not column:
        return pd.Series(other, index=rows.index, dtype="string")
    return rows[column].map(names).fillna(other).astype("string")


def subjects(rows: pd.DataFrame) -> pd.Series:
    """Return the subject id of every row: USUBJID without the study."""
    return pd.Series(
        [u[len(s) + 1 :] for u, s in zip(rows["USUBJID"], rows["STUDYID"], strict=True)], rows.index, dtype="string"
    )


def shown_values(column: pd.Series) -> pd.Series:
    """Return values as text; a decimal without needless digits."""
    if str(column.dtype) == "Float64":
        return column.map(lambda value: f"{value:g}", na_action="ignore").astype("string")
    return column.astype("string")


def found(*queries: pd.DataFrame) -> pd.DataFrame:
    """Return the queries of one check below each other."""
    return together(queries, QUERY_COLUMNS)


def true(mask: pd.Series) -> pd.Series:
    """Return a mask in which unknown is false: what is not known is never held against a record."""
    return mask.fillna(False).astype(bool)


def before(left: pd.Series, right: pd.Series | str) -> pd.Series:
    """Return whether `left` is certainly earlier than `right`: ISO texts compared on the parts that both know; missing
    is never earlier."""
    other = pd.Series(right, left.index, dtype="string") if isinstance(right, str) else right
    known = pd.concat([left.str.len(), other.str.len()], axis=1).min(axis=1)
    result = pd.Series(False, index=left.index)
    for length in _KNOWN:
        same = true(known.eq(length))
        result = result.mask(same, true(left.str.slice(0, length) < other.str.slice(0, length)))
    return result


def differ(left: pd.Series, right: pd.Series) -> pd.Series:
    """Return whether two dates certainly differ on the parts that both know."""
    return before(left, right) | before(right, left)


def day(text: pd.Series) -> pd.Series:
    """Return complete dates as datetime64; partial and missing ones are NaT."""
    complete = text.str.slice(0, 10).where(true(text.str.len() >= 10))
    return pd.to_datetime(complete, format="%Y-%m-%d").astype("datetime64[ns]")


def given(ex: pd.DataFrame) -> pd.DataFrame:
    """Return the doses that were given."""
    return ex[true(ex["EXOCCUR"].eq("Y"))]


def first_dose(ex: pd.DataFrame) -> pd.Series:
    """Return the ISO text of the earliest completely dated dose by USUBJID."""
    doses = given(ex)
    return _earliest(doses[true(doses["EXSTDTC"].str.len() >= 10)], "EXSTDTC")


def planned_up_to_first_dose(study: View) -> list[str]:
    """Return the visits that the schedule plans on or before day 1."""
    return [visit.name for visit in study["visit.schedule"] if visit.day is not None and visit.day <= 1]


def enrollments(ds: pd.DataFrame) -> pd.DataFrame:
    """Return the enrollments in order of their numbers."""
    return ds[ds["DSSCAT"].eq("ENROLLMENT")].sort_values(["USUBJID", "DSSEQ"], kind="stable")


def ends_of_study(ds: pd.DataFrame) -> pd.DataFrame:
    """Return the end-of-study records."""
    return ds[ds["DSSCAT"].eq("STUDY")]


def ends_of_treatment(ds: pd.DataFrame) -> pd.DataFrame:
    """Return the end-of-treatment records of the drugs."""
    return ds[ds["DSSCAT"].isin(list(DRUGS))]


def by_subject(rows: pd.DataFrame, column: str) -> pd.Series:
    """Return one value a USUBJID, the first in the order of the rows."""
    return rows.drop_duplicates("USUBJID").set_index("USUBJID")[column]


def of_subject(rows: pd.DataFrame, values: pd.Series) -> pd.Series:
    """Return, for every row, the value of its subject as text; missing where the subject has none."""
    return rows["USUBJID"].map(values).astype("string")


def among(
    rows: pd.DataFrame, columns: list[str], others: pd.DataFrame, other_columns: list[str] | None = None
) -> pd.Series:
    """Return whether the values of a row in `columns` stand together in some row of `others`; a missing value stands
    nowhere."""
    wanted = others[other_columns or columns].dropna().drop_duplicates()
    wanted.columns = pd.Index(columns)
    chosen = rows[columns].reset_index(names="index").merge(wanted, on=columns)["index"]
    return pd.Series(rows.index.isin(chosen), index=rows.index)


def acted_on(ae: pd.DataFrame, actions: list[str]) -> pd.DataFrame:
    """Return USUBJID, AESEQ and DRUG of every event on which a drug was acted upon in one of the ways given."""
    each = [
        ae.loc[ae[action].isin(actions), ["USUBJID", "AESEQ"]].assign(DRUG=drug) for drug, (_, action) in DRUGS.items()
    ]
    return pd.concat(each, ignore_index=True).astype({"DRUG": "string"})


def death_dates(dd: pd.DataFrame, ae: pd.DataFrame) -> pd.Series:
    """Return the latest recorded death date as ISO text by USUBJID, from end of study, follow-up and adverse events."""
    events = ae[["USUBJID", "AEDTHDTC"]].rename(columns={"AEDTHDTC": "DTHDTC"})
    dates = pd.concat([dd[["USUBJID", "DTHDTC"]], events]).dropna(subset=["DTHDTC"])
    return by_subject(dates.sort_values("DTHDTC", ascending=False, kind="stable"), "DTHDTC")


def _earliest(rows: pd.DataFrame, column: str) -> pd.Series:
    return by_subject(rows.sort_values(["USUBJID", column], kind="stable"), column)


def first_rows(rows: pd.DataFrame, order: Iterable[str], keys: Iterable[str] = ("USUBJID",)) -> pd.DataFrame:
    """Return the first row of each key in the given order, in the order of the frame."""
    chosen = rows.sort_values(list(order), kind="stable").drop_duplicates(list(keys)).index
    return rows.loc[rows.index.isin(chosen)]
