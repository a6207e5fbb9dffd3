"""Query rows from marked rows of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.checks import query

if TYPE_CHECKING:
    import pandas as pd

#: Query rows as `crf2csr.checks.query` builds them.
Queries = list[dict[str, str]]


def findings(
    rows: pd.DataFrame,
    form: str,
    field: str,
    values: pd.Series,
    rule: str | pd.Series,
    expected: str | pd.Series,
    severity: str = "",
    where: pd.Series | None = None,
) -> Queries:
    """Return one query for each row of `rows` (SUBJECT, RAWFILE, RAWROW), or of those `where` it is true.

    The series hold at least the index of the rows: `values` is text as recorded (NA: blank); `rule` and `expected` are
    one text for all rows or one a row.
    """
    import pandas as pd

    if where is not None and not where.any():
        return []
    rows = rows if where is None else rows[where]

    def each(item: str | pd.Series) -> list[str]:
        return item.reindex(rows.index).fillna("").tolist() if isinstance(item, pd.Series) else [item] * len(rows)

    columns = (rows["SUBJECT"].fillna(""), rows["RAWFILE"], rows["RAWROW"], each(values), each(rule), each(expected))
    return [
        query(
            name,
            subject=subject,
            form=form,
            file=file,
            row=row,
            field=field,
            value=value,
            expected=text,
            severity=severity,
        )
        for subject, file, row, value, name, text in zip(*columns, strict=True)
    ]
