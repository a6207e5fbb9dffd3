"""Questionnaires (SDTM QS): the items of the PROMIS short forms and of the BCPT symptom checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.domains import Part, assemble, part
from crf2csr.study import uses

if TYPE_CHECKING:
    import pandas as pd

    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View

#: Short form to the beginning of its test codes; the number of the item follows (FATIG1 is the first item of fatigue).
ITEM_CODES = {
    "ANXIETY": "ANXIE",
    "DEPRESSION": "DEPRE",
    "FATIGUE": "FATIG",
    "SLEEP DISTURBANCE": "SLEEP",
    "PAIN INTERFERENCE": "PAIN",
    "PHYSICAL FUNCTION": "PHYSF",
    "SOCIAL ROLES": "SOCIA",
}
PROMIS, BCPT, NOT_DONE = "PROMIS", "BCPT", "NOT DONE"


@uses("visit.schedule")
def qs(promis: Form, bcpt: Form, study: View) -> Cleaned:
    """Return QS, one row an item and visit: QSORRES the answer as recorded, QSSTRESN its whole number.

    An answer outside its scale (PROMIS 1 to 5, BCPT 0 to 4, `limits.csv`) or that is no whole number is not used: the
    prepared form has queried it (Q-903, E) and QSORRES keeps its text. QSREASND is the reason of the form; where it is
    blank, the meaning of a missing code of an item that was not marked as not done (there a reason is owed, Q-902).
    """
    data = promis.data
    forms = {
        "QSCAT": PROMIS,
        "QSSCAT": data["instr"],
        "QSTESTCD": data["instr"].map(ITEM_CODES) + data["item"].astype("string"),
        "QSVERS": data["version"],
    }
    checklist = {"QSCAT": BCPT, "QSSCAT": BCPT, "QSTESTCD": bcpt.data["item"]}
    return assemble("qs", [_items(promis, forms), _items(bcpt, checklist)], study)


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
