"""Concentrations (SDTM PC): one row a planned sample, the result read from the text that the laboratory reported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.bioanalysis import BLQ, VARIABLES, links, place_results, reconcile, removed, taken
from crf2csr.clean.domains import assemble, date_time, doubts, part, together
from crf2csr.results import LINK_COLUMNS, REMOVED_COLUMNS
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

#: Units with the same number in each of them: 1 ug/L is 1 ng/mL exactly. Amounts of substance (nmol/L) are not.
SAME = {"ng/mL": ("ng/mL", "ug/L")}
#: What laboratories write for a sample below the limit of quantification, for one that was not measured, and for a
#: number (with a decimal comma in some exports; no thousands sign, so that one comma is never ambiguous; no exponent).
BLQ_TEXT = r"(?i)<\s*[0-9]+(?:[.,][0-9]+)?|BLQ|BLOQ|BQL|<\s*LLOQ"
NOT_DONE_TEXT = r"(?i)N\.?R\.?|N\.?D\.?|NOT REPORTED|NOT DONE"
NUMBER_TEXT = r"-?[0-9]{1,9}(?:[.,][0-9]{1,9})?"


@uses("visit.schedule", "pk.unit")
def pc(pk: Form, bio: Form, study: View) -> Cleaned:
    """Return PC: PCORRES the text as reported, PCSTRESC the exact decimal text in `pk.unit` or `BLQ`, PCSTRESN its
    number.

    `<1.00`, `BLQ` and the like are BLQ, whatever the limit in the text (Q-1005); `NR` and `ND` are PCSTAT `NOT DONE`.
    ug/L is the same number in ng/mL (PCORRESU keeps it). Not used and queried: a text that is none of these (Q-108), a
    negative concentration and a result in another unit (Q-1007): a molar one would need the mass of a form of the drug
    that the file does not name. R-1302.

    Where the laboratory sends its own file (`bio`), results are those of that file: RESFILE and RESROW say where; both
    files are held against each other (Q-1010), and a result without sample is removed.
    """
    if not bio.columns:
        results = _results(pk, study["pk.unit"])
        given = results.assign(RESFILE=pd.NA, RESROW=pd.NA)
        return assemble("pc", [part(pk, _variables(pk, given))], study, _queries(pk, results, study["pk.unit"]))
    return _from_both(pk, bio, study)


def _from_both(pk: Form, bio: Form, study: View) -> Cleaned:
    place, results = place_results(pk, bio), _results(bio, study["pk.unit"])
    given = taken(results.assign(RESFILE=bio.data["RAWFILE"], RESROW=bio.data["RAWROW"]), place)
    said = pd.DataFrame({"form": _results(pk, study["pk.unit"])["value"], "laboratory": given["value"]})
    queries = [*_queries(bio, results, study["pk.unit"]), *reconcile(pk, bio, place, said)]
    item = part(pk, _variables(pk, given), fields=dict.fromkeys([*VARIABLES, "PCSTAT"], ()))
    cleaned = assemble("pc", [item], study, queries)
    return replace(
        cleaned,
        removed=together([cleaned.removed, removed(bio, place)], REMOVED_COLUMNS),
        links=together([cleaned.links, links(cleaned.data, bio, VARIABLES | {"PCSTAT": "conc"})], LINK_COLUMNS),
    )


def _variables(pk: Form, results: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the variables of PC that come from the sampling form, and those of the results, one row a sample."""
    data = pk.data
    return {
        "PCTESTCD": data["analyte"],
        "PCTPTNUM": data["tpt"],
        "PCDTC": date_time(data["pcdtc"], data["pctm"]),
        "PCRFTDTC": date_time(data["dosdtc"], data["dostm"]),
        "PCPRVDTC": date_time(data["prvdtc"], data["prvtm"]),
        "DOSPROB": data["dosprob"],
        "MISSED7": data["missed7"],
        "PCORRES": results["recorded"],
        "PCORRESU": results["unit"],
        "PCSTRESC": results["value"],
        "PCSTRESN": results["value"].mask(results["value"].eq(BLQ).fillna(False)),
        "PCLLOQ": results["lloq"],
        "PCSTAT": results["status"],
        "PCSPID": data["specimen"],
        "RESFILE": results["RESFILE"],
        "RESROW": results["RESROW"],
    }


def _results(pk: Form, unit: str) -> pd.DataFrame:
    """Return value (decimal text, BLQ or NA), status (NOT DONE or NA) and what is wrong, one row a record of the
    form."""
    text = pk.data["conc"].str.strip()
    below, not_done, number = (_matches(text, pattern) for pattern in (BLQ_TEXT, NOT_DONE_TEXT, NUMBER_TEXT))
    other = ~pk.data["unit"].isin(SAME[unit])
    flags = {
        "foreign": (below & other & pk.data["unit"].notna()) | (number & other),
        "negative": number & text.str.startswith("-").fillna(False),
        "unread": text.notna() & ~below & ~not_done & ~number,
    }
    exact = text.str.replace(",", ".", regex=False).mask(below, BLQ)
    value = exact.where((below | number) & ~flags["foreign"] & ~flags["negative"]).astype("string")
    status = pd.Series(pd.NA, text.index, dtype="string").mask(not_done, "NOT DONE")
    known = {"recorded": pk.data["conc__raw"], "unit": pk.data["unit"], "lloq": pk.data["lloq"]}
    return pd.DataFrame({"value": value, "status": status, **known, **flags})


def _matches(text: pd.Series, pattern: str) -> pd.Series:
    return text.str.fullmatch(pattern).fillna(False).astype(bool)


def _queries(pk: Form, results: pd.DataFrame, unit: str) -> list[pd.DataFrame]:
    found = [
        ("foreign", "unit", "Q-1007", f"expected {unit} or its equal {SAME[unit][1]}; the value is not used"),
        ("negative", "conc", "Q-1007", "a concentration is 0 or more; the value is not used"),
        (
            "unread",
            "conc",
            "Q-108",
            "expected a number, a text for below the limit (<1.00, BLQ) or for not done (NR, ND)",
        ),
    ]
    return [doubts(pk.data[results[flag]], pk.name, name, rule, text) for flag, name, rule, text in found]
