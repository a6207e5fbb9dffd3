"""Concentrations (SDTM PC): one row a planned sample, the result read from the text that the laboratory reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.domains import assemble, date_time, doubts, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

BLQ = "BLQ"
#: What laboratories write for a sample below the limit of quantification, for one that was not measured, and for a
#: number (with a decimal
#: comma in some exports; no thousands sign, so that one comma is never ambiguous; no exponent).
BLQ_TEXT = r"(?i)<\s*[0-9]+(?:[.,][0-9]+)?|BLQ|BLOQ|BQL|<\s*LLOQ"
NOT_DONE_TEXT = r"(?i)N\.?R\.?|N\.?D\.?|NOT REPORTED|NOT DONE"
NUMBER_TEXT = r"-?[0-9]{1,9}(?:[.,][0-9]{1,9})?"


@uses("visit.schedule", "pk.unit")
def pc(pk: Form, study: View) -> Cleaned:
    """Return PC: PCORRES the text as reported, PCSTRESC the exact decimal text in `pk.unit` or `BLQ`, PCSTRESN its
    number.

    `<1.00`, `BLQ` and the like are BLQ, whatever the limit in the text; `NR` and `ND` are PCSTAT `NOT DONE`. Not used
    and queried: a text that is none of these (Q-108), a negative concentration and a result in another unit (Q-1007).
    Nothing is converted.
    """
    results = _results(pk, study["pk.unit"])
    data = pk.data
    variables = {
        "PCTESTCD": data["analyte"],
        "PCTPTNUM": data["tpt"],
        "PCDTC": date_time(data["pcdtc"], data["pctm"]),
        "PCRFTDTC": date_time(data["dosdtc"], data["dostm"]),
        "PCPRVDTC": date_time(data["prvdtc"], data["prvtm"]),
        "DOSPROB": data["dosprob"],
        "MISSED7": data["missed7"],
        "PCORRES": data["conc__raw"],
        "PCORRESU": data["unit"],
        "PCSTRESC": results["value"],
        "PCSTRESN": results["value"].mask(results["value"].eq(BLQ).fillna(False)),
        "PCLLOQ": data["lloq"],
        "PCSTAT": results["status"],
        "PCSPID": data["specimen"],
    }
    return assemble("pc", [part(pk, variables)], study, _queries(pk, results, study["pk.unit"]))


def _results(pk: Form, unit: str) -> pd.DataFrame:
    """Return value (decimal text, BLQ or NA), status (NOT DONE or NA) and what is wrong, one row a record of the
    form."""
    text = pk.data["conc"].str.strip()
    below, not_done, number = (_matches(text, pattern) for pattern in (BLQ_TEXT, NOT_DONE_TEXT, NUMBER_TEXT))
    flags = {
        "foreign": (below & pk.data["unit"].ne(unit).fillna(False)) | (number & pk.data["unit"].ne(unit).fillna(True)),
        "negative": number & text.str.startswith("-").fillna(False),
        "unread": text.notna() & ~below & ~not_done & ~number,
    }
    exact = text.str.replace(",", ".", regex=False).mask(below, BLQ)
    value = exact.where((below | number) & ~flags["foreign"] & ~flags["negative"]).astype("string")
    status = pd.Series(pd.NA, text.index, dtype="string").mask(not_done, "NOT DONE")
    return pd.DataFrame({"value": value, "status": status, **flags})


def _matches(text: pd.Series, pattern: str) -> pd.Series:
    return text.str.fullmatch(pattern).fillna(False).astype(bool)


def _queries(pk: Form, results: pd.DataFrame, unit: str) -> list[pd.DataFrame]:
    found = [
        ("foreign", "unit", "Q-1007", f"expected {unit}; units are never converted, so the value is not used"),
        ("negative", "conc", "Q-1007", "a concentration is 0 or more; the value is not used"),
        (
            "unread",
            "conc",
            "Q-108",
            "expected a number, a text for below the limit (<1.00, BLQ) or for not done (NR, ND)",
        ),
    ]
    return [doubts(pk.data[results[flag]], "pk", name, rule, text) for flag, name, rule, text in found]
