"""Questionnaires (SDTM QS): the items of the PROMIS short forms and of the BCPT symptom checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.domains import Part, assemble, part
from crf2csr.instruments import load_instruments
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

NOT_DONE = "NOT DONE"


@uses("visit.schedule")
def qs(promis: Form, bcpt: Form, study: View) -> Cleaned:
    """Return QS, one row an item and visit: QSORRES the answer as recorded, QSSTRESN its whole number.

    QSCAT and QSTESTCD are those of `config/instruments`: a short form has its items by number, a checklist by name. An
    item that no instrument has is withheld and queried like one that is blank.

    An answer outside its scale (PROMIS 1 to 5, BCPT 0 to 4, `limits.csv`) or that is no whole number is not used: the
    prepared form has queried it (Q-903, E) and QSORRES keeps its text. QSREASND is the reason of the form; where it is
    blank, the meaning of a missing code of an item that was not marked as not done (there a reason is owed, Q-902).
    """
    data, numbered, named = promis.data, _numbered(), _named()
    places = list(zip(data["instr"], data["item"], strict=True))
    forms = {
        "QSCAT": _category(data["instr"], {scale: name for (scale, _), (name, _) in numbered.items()}),
        "QSSCAT": data["instr"],
        "QSTESTCD": pd.Series([numbered.get(place, ("", pd.NA))[1] for place in places], data.index, dtype="string"),
        "QSVERS": data["version"],
    }
    item = bcpt.data["item"]
    category = _category(item, named)
    checklist = {"QSCAT": category, "QSSCAT": category, "QSTESTCD": item.where(item.isin(list(named)))}
    return assemble("qs", [_items(promis, forms), _items(bcpt, checklist)], study)


def _numbered() -> dict[tuple[str, int], tuple[str, str]]:
    """Return instrument and test code by short form and number of the item, of instruments on form promis."""
    return {
        (parameter.scale, number): (one.instrument, item)
        for one in load_instruments()
        if one.form == "promis"
        for parameter in one.parameters
        for number, item in enumerate(parameter.items, start=1)
    }


def _named() -> dict[str, str]:
    """Return the instrument of each item, of instruments on form bcpt."""
    checklists = [one for one in load_instruments() if one.form == "bcpt"]
    return {item: one.instrument for one in checklists for parameter in one.parameters for item in parameter.items}


def _category(names: pd.Series, instruments: dict[str, str]) -> pd.Series:
    """Return the instrument of each short form or item; any where that is unknown, as its row is withheld."""
    return names.map(instruments).fillna(min(instruments.values(), default="NONE")).astype("string")


def _items(form: Form, variables: dict[str, str | pd.Series]) -> Part:
    data = form.data
    done = ~data["notdone"].eq("Y").fillna(False)
    answers = {
        "QSDTC": data["qsdtc"],
        "QSORRES": data["answer__raw"],
        "QSSTRESN": data["answer"],
        "QSSTAT": data["notdone"].map({"Y": NOT_DONE}).astype("string"),
        "QSREASND": data["reasnd"].fillna(form.why("answer").where(done)),
    }
    return part(form, variables | answers)
