"""Choosing rows in which defects are planted, and adding copies of rows."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date

from crf2csr.errors import InputError
from crf2csr.simulate.spelling import Row
from crf2csr.simulate.streams import Stream

COMMENTS = (
    'Patient said "better since Monday".\nSecond line; see source, p. 4.',
    "Discussed with PI,\r\nno action; 50 % of tablets left",
    '=HYPERLINK("x")\n<b>bold</b> {{7*7}} $x^2$ \\par #import',
    'two lines\n\nand an empty one, ends with a quote"',
)


class Picker:
    """Rows in a random order, each handed out once, so that no row gets two defects."""

    def __init__(self, rows: Sequence[Row], stream: Stream) -> None:
        self._rows = take(rows, stream, count=len(rows))

    def next(self, wanted: Callable[[Row], bool] = lambda row: True) -> Row:
        """Hand out the next row that has no defect yet and meets the condition."""
        for place, row in enumerate(self._rows):
            if wanted(row) and not row.plants:
                return self._rows.pop(place)
        raise InputError("simulate: this seed leaves no record for a planned defect; choose another seed")


def take(
    rows: Sequence[Row], stream: Stream, wanted: Callable[[Row], bool] = lambda row: True, count: int = 1
) -> list[Row]:
    """Return `count` different rows that meet the condition, in random order."""
    pool = [row for row in rows if wanted(row)]
    if len(pool) < count:
        raise InputError("simulate: this seed leaves too few records for a planned defect; choose another seed")
    return [pool.pop(stream.integer(0, len(pool) - 1)) for _ in range(count)]


def clone(row: Row, rows: Sequence[Row], counted: tuple[str, ...], when: date) -> Row:
    """Return a copy without planted defects; the `counted` columns get the subject's next number."""
    copy = Row(row.form, row.subject, when, deepcopy(row.cells))
    for column in counted:
        used = [int(other.cells[column]) for other in rows if other.subject == row.subject]
        copy.cells[column] = str(max(used) + 1)
    return copy


def append_after(rows: list[Row], row: Row) -> None:
    """Insert a row behind the last row of its subject."""
    last = max(place for place, other in enumerate(rows) if other.subject == row.subject)
    rows.insert(last + 1, row)
