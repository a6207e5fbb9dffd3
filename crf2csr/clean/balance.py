"""The balance of the clean stage: every raw record is in a domain or in the list of removed records, so that
nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from crf2csr.contracts import ContractError

if TYPE_CHECKING:
    import pandas as pd

BALANCE_COLUMNS = ["form", "raw", "in_domains", "removed"]


def balance(raw: Mapping[str, pd.DataFrame], domains: Iterable[pd.DataFrame], removed: pd.DataFrame) -> pd.DataFrame:
    """Return form, raw records, records in at least one domain, records removed; one row a form in the order of `raw`.

    `raw` holds the frames of the reader by form (RAWFILE, RAWROW), `domains` all domains, `removed` the removed records
    of all of them. Raises ContractError naming form, file and rows if a record is neither in a domain nor removed, is
    both, or was never in the raw file: a defect of this program, never of the data.
    """
    import pandas as pd

    read = [part for frame in domains for part in (frame, *_results_of(frame))]
    used = pd.concat([_addresses(frame) for frame in read]).drop_duplicates()
    gone = _addresses(removed)
    rows = [_weigh(form, _addresses(frame), used, gone) for form, frame in raw.items()]
    _refuse(
        "records that no raw file has",
        _outside(pd.concat([used, gone]), pd.concat([_addresses(f) for f in raw.values()])),
    )
    return pd.DataFrame(rows, columns=BALANCE_COLUMNS).astype(
        {"form": "string", **dict.fromkeys(BALANCE_COLUMNS[1:], "Int64")}
    )


def _results_of(domain: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the addresses of records that stand in a row beside its own: results that another file holds."""
    if "RESROW" in domain:
        rows = domain.loc[domain["RESROW"].notna(), ["RESFILE", "RESROW"]]
        yield rows.rename(columns={"RESFILE": "RAWFILE", "RESROW": "RAWROW"})


def _weigh(form: str, records: pd.DataFrame, used: pd.DataFrame, gone: pd.DataFrame) -> tuple[str, int, int, int]:
    inside, out = records.merge(used), records.merge(gone.drop_duplicates())
    _refuse(f"{form}: records in no domain and not removed", _outside(_outside(records, used), gone))
    _refuse(f"{form}: records both in a domain and removed", inside.merge(out))
    _refuse(f"{form}: records removed twice", gone[gone.duplicated()].merge(records))
    return form, len(records), len(inside), len(out)


def _addresses(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["RAWFILE", "RAWROW"]].astype("string").reset_index(drop=True)


def _outside(records: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    joined = records.merge(others.drop_duplicates(), how="left", indicator=True)
    return joined.loc[joined["_merge"].eq("left_only"), ["RAWFILE", "RAWROW"]]


def _refuse(what: str, records: pd.DataFrame) -> None:
    if len(records):
        named = ", ".join(f"{file} row {row}" for file, row in records.head(5).itertuples(index=False, name=None))
        raise ContractError(f"{what}: {named} ({len(records)} in all)")
