"""Records that share a key: of identical ones one stays, contradicting ones are withheld or decided (F-204)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crf2csr.clean.rules.findings import Queries, findings
from crf2csr.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def drop_duplicates(
    data: pd.DataFrame, form: str, keys: Sequence[str], fields: Sequence[str], accepted: Mapping[int, str]
) -> tuple[pd.Series, Queries]:
    """Return why each record is not used (NA: it is used) and the queries.

    `data` has SUBJECT, RAWFILE, RAWROW, the `keys` and, for each of `fields`, `<field>` and `<field>__raw`. Two
    records of one key are identical if every field means the same (or, where it could not be read, says the same):
    one is kept (Q-104). Else all are withheld (Q-103), unless `accepted` (RAWROW -> why) names the one to keep; then
    the query is information. Raises InputError if `accepted` names two records of one key, or a record that nothing
    contradicts.
    """
    import pandas as pd

    key = _joined([_text(data, name) for name in keys])
    shared = data[key.duplicated(keep=False)]
    reasons = pd.Series(pd.NA, index=data.index, dtype="string")
    if shared.empty:
        _refuse_stale(data, accepted, set())
        return reasons, []
    content = _joined([key[shared.index], *(_text(shared, name) for name in fields)])
    twins = _twins(shared, content, accepted)
    identical = twins.notna()
    reasons.update("identical to row " + twins[identical])
    whole = pd.Series("", index=data.index, dtype="string")
    queries = findings(shared, form, "", whole, "Q-104", "identical to row " + twins, where=identical)
    rest = shared[~identical & key[shared.index].where(~identical).duplicated(keep=False)]
    more, contradictions = _contradictions(rest, form, key, keys[-1], accepted)
    reasons.update(more)
    _refuse_stale(data, accepted, set(rest["RAWROW"]))
    return reasons, queries + contradictions


def _text(data: pd.DataFrame, name: str) -> pd.Series:
    """Return what a column means as text, or what it says where it could not be read."""
    text = data[name].astype("string")
    return (text.fillna("?" + data[f"{name}__raw"]) if f"{name}__raw" in data else text).fillna("")


def _joined(columns: Sequence[pd.Series]) -> pd.Series:
    result = columns[0]
    for column in columns[1:]:
        result = result + " | " + column.str.replace("|", "||", regex=False)
    return result


def _twins(shared: pd.DataFrame, content: pd.Series, accepted: Mapping[int, str]) -> pd.Series:
    """Return, for each identical record that goes, the row number of the one that stays; an accepted record stays."""
    order = shared["RAWROW"].isin(list(accepted)).map({True: 0, False: 1}).sort_values(kind="stable").index
    kept = shared["RAWROW"].loc[order].groupby(content.loc[order]).transform("first")
    return kept.astype("string").where(kept.ne(shared["RAWROW"].loc[order])).reindex(shared.index)


def _contradictions(
    rest: pd.DataFrame, form: str, key: pd.Series, name: str, accepted: Mapping[int, str]
) -> tuple[pd.Series, Queries]:
    """Return why each contradicting record is not used, and the queries, on the last part `name` of the key."""
    import pandas as pd

    reasons, queries = pd.Series(pd.NA, index=rest.index, dtype="string"), []
    for _, group in rest.groupby(key[rest.index], sort=False):
        numbers = ", ".join(map(str, group["RAWROW"]))
        chosen = [row for row in group["RAWROW"] if row in accepted]
        if len(chosen) > 1:
            raise InputError(
                f"{group['RAWFILE'].iloc[0]} rows {numbers}: accepted_duplicates of the cut keeps two of one key; "
                "keep one"
            )
        lost = group[~group["RAWROW"].isin(chosen)]
        decision = "all are withheld; name the row to keep under accepted_duplicates of the cut"
        if chosen:
            decision = f"row {chosen[0]} is kept: {accepted[chosen[0]]}"
        text = f"rows {numbers} have the key {key[group.index[0]]}; {decision}"
        reasons.loc[lost.index] = f"contradicts another record of its key: {text}"
        values = lost.get(f"{name}__raw", lost[name])
        queries += findings(lost, form, name.lower(), values, "Q-103", text, severity="I" if chosen else "")
    return reasons, queries


def _refuse_stale(data: pd.DataFrame, accepted: Mapping[int, str], contradicting: set[int]) -> None:
    stale = sorted(row for row in accepted if row not in contradicting)
    if stale:
        file = data["RAWFILE"].iloc[0] if len(data) else "the form"
        raise InputError(
            f"{file} row {stale[0]}: accepted_duplicates of the cut names it, but no record contradicts it; "
            "remove the entry"
        )
