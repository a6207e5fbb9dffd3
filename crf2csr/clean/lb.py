"""Laboratory results (SDTM LB): the text of the laboratory, its exact number and its range in SI units (R-1001)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from crf2csr.clean.domains import assemble, date_time, doubts, part
from crf2csr.clean.rules.lab_results import read_result, reference_indicator
from crf2csr.clean.rules.units import converted, scales
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.results import Cleaned
    from crf2csr.study import View


class _Standard(NamedTuple):
    exact: str | None = None
    number: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    indicator: str | None = None
    status: str | None = None
    fault: str = ""


#: Types of what is read; all others are text.
_TYPES = {name: "Float64" if name in ("number", "low", "high") else "string" for name in _Standard._fields}


@uses("visit.schedule")
def lb(lb: Form, study: View) -> Cleaned:
    """Return LB, one row a test and visit: LBORRES and its limits as reported; LBSTRESC, LBSTRESN and the limits in the
    standard unit of the test.

    The number of a text is exact; `<5` keeps its sign in LBSTRESC and has no number; `ND`, `NOT DONE` and the like are
    LBSTAT. Limits and result are converted by the listed factor of test and unit; a result in a unit that is blank or
    not listed is not converted and has no standard value (Q-802: W blank, E unknown; W also a number without any
    limit). LBNRIND compares result and limits as reported, both ends inclusive (R-1003); NORMAL needs both limits. A
    text that is no result is Q-108.
    """
    data = lb.data
    read = _read(data)
    variables = {
        "LBTESTCD": data["lbtestcd"],
        "LBDTC": date_time(data["lbdtc"], data["lbtm"]),
        "LBFAST": data["fasting"],
        "LBORRES": data["lborres"],
        "LBORRESU": data["lborresu"],
        "LBORNRLO": data["lbnrlo__raw"],
        "LBORNRHI": data["lbnrhi__raw"],
        "LBSTRESC": read["exact"],
        "LBSTRESN": read["number"],
        "LBSTRESU": read["unit"],
        "LBSTNRLO": read["low"],
        "LBSTNRHI": read["high"],
        "LBNRIND": read["indicator"],
        "LBSTAT": read["status"],
        "LBNAM": data["lbnam"],
    }
    return assemble("lb", [part(lb, variables)], study, _queries(lb, read["fault"]))


def _read(data: pd.DataFrame) -> pd.DataFrame:
    """Return what each result says; results that are alike in test, text, unit and limits are read once."""
    cells = data[["lbtestcd", "lborres", "lborresu", "lbnrlo", "lbnrhi"]]
    groups = cells.groupby(list(cells.columns), sort=False, dropna=False).ngroup().to_numpy()
    distinct = cells[~pd.Series(groups).duplicated().to_numpy()].astype("object")
    distinct = distinct.where(distinct.notna(), None)
    results = [_standard(*row) for row in distinct.itertuples(index=False, name=None)]
    read = pd.DataFrame(results, columns=_Standard._fields, dtype="object").astype(_TYPES)
    return read.take(groups).set_axis(data.index)


def _standard(test: str | None, text: str | None, unit: str | None, low: str | None, high: str | None) -> _Standard:
    result = read_result(text)
    if result.status or result.value is None:
        return _Standard(status=result.status, fault=result.fault)
    indicator = reference_indicator(result, low, high)
    ranged = "" if low or high or result.sign else "no range"
    scale = scales(test).get((unit or "").casefold())
    if scale is None:
        return _Standard(indicator=indicator, fault="blank unit" if unit is None else "unknown unit")
    exact = converted(result.value, scale)
    limits = [None if limit is None else float(converted(limit, scale)) for limit in (low, high)]
    number = None if result.sign else float(exact)
    return _Standard(result.sign + exact, number, scale.unit or None, limits[0], limits[1], indicator, fault=ranged)


def _queries(lb: Form, faults: pd.Series) -> list[pd.DataFrame]:
    rows, name = lb.data, lb.name
    unit = "not listed for the test; the result is not converted and not used"
    return [
        doubts(rows[faults.eq("text")], name, "lborres", "Q-108", "expected a number, or one after < or >"),
        doubts(rows[faults.eq("blank unit")], name, "lborresu", "Q-802", "expected the unit of the result"),
        doubts(rows[faults.eq("unknown unit")], name, "lborresu", "Q-802", unit, "E"),
        doubts(rows[faults.eq("no range")], name, "lbnrlo", "Q-802", "expected a reference range that can be read"),
    ]
