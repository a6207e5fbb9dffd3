"""Results of a bioanalytical laboratory beside the sampling form: which sample a result belongs to, and which of both
stands alone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.domains import doubts
from crf2csr.contracts import load_contract, row_keys
from crf2csr.results import LINK_COLUMNS, REMOVED_COLUMNS, frame_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crf2csr.clean.forms import Form

#: PCSTRESC of a result below the limit of quantification.
BLQ = "BLQ"
#: What a sample and its result share.
KEY = ["SUBJECT", "VISIT", "analyte", "tpt"]
#: Variables of PC that come from a result, with its field.
VARIABLES = {"PCORRES": "conc", "PCORRESU": "unit", "PCSTRESC": "conc", "PCSTRESN": "conc", "PCLLOQ": "lloq"}


def place_results(pk: Form, bio: Form) -> pd.Series:
    """Return for each sample (index of `pk.data`) the index of its result in `bio.data`, NA without one; Int64.

    A result belongs to the sample of the same subject, visit, analyte and planned time; each form has every key once.
    """
    places = pd.Series(bio.data.index, index=_keys(bio.data), dtype="Int64")
    return pd.Series(places.reindex(_keys(pk.data)).array, index=pk.data.index, dtype="Int64")


def _keys(data: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(data[KEY].astype(object).where(data[KEY].notna(), ""))


def taken(source: pd.DataFrame, place: pd.Series) -> pd.DataFrame:
    """Return the rows of `source` at the places of results, NA where there is none; index of `place`."""
    rows = source.reindex(place.fillna(-1).astype("int64"))
    return rows.set_axis(place.index)


def reconcile(pk: Form, bio: Form, place: pd.Series, said: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the queries Q-1010 where both files do not agree: a result without sample, another specimen id, and a
    result on the sampling form that is not that of the laboratory.

    `said`: the values of the sampling form and of the laboratory as PC would hold them, one row a sample (`form`,
    `laboratory`). A sample without any result is queried with the other samples of PC.
    """
    result = taken(bio.data, place)
    ids = pk.data["specimen"].notna() & result["specimen"].notna() & pk.data["specimen"].ne(result["specimen"])
    form, laboratory = (said[name].map(_plain, na_action="ignore").fillna("") for name in ("form", "laboratory"))
    other = pk.data["conc"].notna() & place.notna() & form.ne(laboratory)
    return [
        doubts(alone(bio, place), "bio", "conc", "Q-1010", "expected a sample of this subject, visit and planned time"),
        doubts(pk.data[ids.fillna(False)], "pk", "specimen", "Q-1010", "the result has another id; it is used"),
        doubts(pk.data[other], "pk", "conc", "Q-1010", "the laboratory reports another result, which is used"),
    ]


def _plain(value: str) -> str:
    """Return a value without the zeros behind its last decimal: 20 and 20.0 are one result."""
    return value if value == BLQ else f"{Decimal(value).normalize():f}"


def alone(bio: Form, place: pd.Series) -> pd.DataFrame:
    """Return the results that belong to no sample."""
    return bio.data[~bio.data.index.isin(place.dropna())]


def removed(bio: Form, place: pd.Series) -> pd.DataFrame:
    """Return the results that belong to no sample as removed records."""
    rows = alone(bio, place)
    columns = {"subject": rows["SUBJECT"], "form": "bio", "RAWFILE": rows["RAWFILE"], "RAWROW": rows["RAWROW"]}
    reason = "no sample of this subject, visit and planned time"
    return frame_of(pd.DataFrame(columns | {"reason": reason}, index=rows.index), REMOVED_COLUMNS)


def links(data: pd.DataFrame, bio: Form, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the links of PC to the cells of results; `names`: variable to field. LINK_COLUMNS."""
    keys = row_keys(data, load_contract("clean", "pc"))
    found = []
    for variable, field in names.items():
        filled = data["RESROW"].notna() & data[variable].notna()
        rows = {"row": keys, "source": data["RESFILE"], "source_row": data["RESROW"]}
        frame = pd.DataFrame(rows, index=data.index)[filled]
        for column in bio.columns.get(field, []):
            found.append(frame.assign(dataset="pc", variable=variable, source_field=column))
    return frame_of(pd.concat(found, ignore_index=True) if found else [], LINK_COLUMNS)
