"""Tumor results (SDTM TR): one row a lesion and visit, from the target, non-target and new lesion forms."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.domains import Part, assemble, doubts, part
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

#: Status words beside which a diameter above 0 contradicts itself.
WITHOUT_SIZE = ["ABSENT", "MERGED", "SPLIT", "NOT EVALUATED"]
TOO_SMALL = "TOO SMALL TO MEASURE"


@uses("visit.schedule")
def tr(tl: Form, ntl: Form, nl: Form, study: View) -> Cleaned:
    """Return TR: target diameters in mm, states of non-target lesions, answers on new lesions.

    Target (TRTESTCD `LPERP` short axis of a node, else `LDIAM`): TRSTRESC is the exact decimal text of the diameter in
    mm, TRSTATE is `MEASURED`, `ABSENT`, `TOO SMALL TO MEASURE`, `MERGED`, `SPLIT` or `NOT EVALUATED`. A fragment has
    its parent lesion in TRPARENT. A value that cannot be trusted is not used and the lesion is `NOT EVALUATED`, never 0
    (RECIST 1.1 section 4.3.2): blank without a status word (Q-701), negative or without a unit of length (Q-108),
    beside a status word that denies it (Q-701). A diameter in cm is multiplied by ten exactly, with a query (Q-716).
    Non-target: TUMSTATE, the state in TRSTRESC. New lesions: NEWLES, TRSTRESC the answer Y, N or missing (R-533),
    TRSTATE the certainty.
    """
    results = _target_results(tl)
    return assemble("tr", [_targets(tl, results), _non_targets(ntl), _new(nl)], study, _target_queries(tl, results))


def _target_results(tl: Form) -> pd.DataFrame:
    """Return value (exact text or NA), state, and what is wrong with a recorded diameter, one row a record of the
    form."""
    data = tl.data
    number, word = data["diameter"].astype("Float64"), data["state"]
    positive = number.gt(0).fillna(False)
    flags = {
        "converted": positive & data["unit"].eq("cm").fillna(False),
        "foreign": positive & ~data["unit"].isin(["mm", "cm"]),
        "negative": number.lt(0).fillna(False),
        "denied": (positive & word.isin(WITHOUT_SIZE)) | (number.notna() & word.eq("NOT EVALUATED").fillna(False)),
    }
    wrong = flags["foreign"] | flags["negative"] | flags["denied"]
    no_size = word.eq(TOO_SMALL).fillna(False) & number.eq(0).fillna(False)
    value = data["diameter"].mask(flags["converted"], _ten_times(data["diameter"])).where(~wrong & ~no_size)
    stated = word.fillna("MEASURED").where(word.notna() | value.notna(), "NOT EVALUATED")
    silent = data["diameter__raw"].isna() & data["state__raw"].isna()
    return pd.DataFrame({"value": value, "state": stated.mask(wrong, "NOT EVALUATED"), "silent": silent, **flags})


def _ten_times(diameters: pd.Series) -> pd.Series:
    """Return exact decimal texts multiplied by ten (1 cm = 10 mm), without a binary number in between."""
    return diameters.map(lambda text: f"{Decimal(text).scaleb(1).normalize():f}", na_action="ignore").astype("string")


def _targets(tl: Form, results: pd.DataFrame) -> Part:
    data = tl.data
    node = data["nodal"].eq("Y").fillna(False)
    variables = {
        "TRGRPID": "TARGET",
        "TRLNKID": data["lesion"],
        "TRTESTCD": pd.Series("LDIAM", data.index, dtype="string").mask(node, "LPERP"),
        "TRDTC": data["dtc"],
        "TRORRES": data["diameter__raw"].fillna(data["state__raw"]),
        "TRORRESU": data["unit"].where(data["diameter__raw"].notna()),
        "TRSTRESC": results["value"],
        "TRSTRESN": results["value"],
        "TRSTATE": results["state"],
        "TRNODAL": data["nodal"],
        "TRPARENT": data["parent"],
        "TRLOC": data["organ"],
        "TRMETHOD": data["method"],
        "TRSLICE": data["slice"],
    }
    return part(tl, variables, required=("TRLNKID",))


def _target_queries(tl: Form, results: pd.DataFrame) -> list[pd.DataFrame]:
    found = [
        ("silent", "diameter", "Q-701", "give a diameter or a status word; not evaluated until then"),
        ("converted", "unit", "Q-716", "recorded in cm and taken as ten times as many mm; please confirm"),
        ("foreign", "unit", "Q-108", "expected mm or cm; the value is not used"),
        ("negative", "diameter", "Q-108", "a diameter is 0 or more; the value is not used"),
        ("denied", "state", "Q-701", "diameter and status word exclude each other; not evaluated until then"),
    ]
    return [doubts(tl.data[results[flag]], "tl", name, rule, text) for flag, name, rule, text in found]


def _non_targets(ntl: Form) -> Part:
    data = ntl.data
    variables = {
        "TRGRPID": "NON-TARGET",
        "TRLNKID": data["lesion"],
        "TRTESTCD": "TUMSTATE",
        "TRDTC": data["dtc"],
        "TRORRES": data["state__raw"],
        "TRSTRESC": data["state"],
        "TRNODAL": data["nodal"],
        "TRLOC": data["organ"],
        "TRMETHOD": data["method"],
    }
    return part(ntl, variables, required=("TRLNKID",))


def _new(nl: Form) -> Part:
    data = nl.data
    variables = {
        "TRGRPID": "NEW",
        "TRLNKID": data["lesion"],
        "TRTESTCD": "NEWLES",
        "TRDTC": data["dtc"],
        "TRORRES": data["present__raw"],
        "TRSTRESC": data["present"],
        "TRSTRESN": data["size"],
        "TRSTATE": data["certainty"],
        "TRNODAL": data["nodal"],
        "TRLOC": data["organ"],
    }
    return part(nl, variables)
