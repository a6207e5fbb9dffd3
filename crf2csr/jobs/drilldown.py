"""From every number of a cut to the CRF records behind it: the walk of `crf2csr why`, once for all cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from crf2csr.ard import Member
from crf2csr.contracts import base_name
from crf2csr.display.model import Display, Table
from crf2csr.lock.trace import CLOSED, Walker
from crf2csr.report.drill import Counted, DrillDown, Place, Record

#: Raw records by file and row, each with the fields that something rests on.
Records = Mapping[tuple[str, str], frozenset[str]]
Key = TypeVar("Key")


def drill_down(walker: Walker, displays: Iterable[Display]) -> DrillDown:
    """Return what lies behind the cells of all tables; cells that count nothing have no place in it.

    Raises InputError if a result counts a row that is not there: the files are out of step.
    """
    collector = _Collector(walker)
    cells = {
        place: collector.group(rows)
        for display in displays
        for place, ids in _addresses(display)
        if (rows := walker.members(ids))
    }
    return collector.result(cells)


def _addresses(display: Display) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Yield each cell of a table that shows results: its place and the ids of the results."""
    if not isinstance(display, Table):
        return
    for number, part in enumerate(display.parts):
        for row, line in enumerate(part.rows):
            yield from (((display.id, number, row, i), cell.ids) for i, cell in enumerate(line.cells) if cell.ids)


class _Collector:
    """Gives each file, record, row and group the next number when it is met first: what is met twice is kept once."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._rests: dict[tuple[str, str], Records] = {}
        self._files: dict[str, int] = {}
        self._fields: list[tuple[str, ...]] = []
        self._records: dict[tuple[str, str], int] = {}
        self._counted: dict[tuple[str, str], int] = {}
        self._groups: dict[tuple[int, ...], int] = {}

    def group(self, members: Iterable[Member]) -> int:
        """Return the number of the group of rows that a cell counts."""
        rows = tuple(_number(self._counted, (member.dataset, member.row)) for member in members)
        return _number(self._groups, rows)

    def result(self, cells: Mapping[Place, int]) -> DrillDown:
        """Return everything that was met."""
        counted = tuple(self._row(dataset, row) for dataset, row in self._counted)
        records = tuple(self._record(file, row) for file, row in self._records)
        return DrillDown(tuple(self._files), tuple(self._fields), records, counted, tuple(self._groups), cells)

    def _row(self, dataset: str, row: str) -> Counted:
        rests = self._rest(dataset, row, opened=True)
        subject = row.split("|")[0].removeprefix(f"{self._walker.study.identity.id}-")
        records = tuple((self._at(*place), self._used(place[0], fields)) for place, fields in rests.items())
        return Counted(subject, self._walker.describe(dataset, row), records)

    def _rest(self, dataset: str, row: str, opened: bool = False) -> Records:
        """Return the records that a row rests on, through all datasets in between.

        A row of ADSL rests on all that is known of a subject: it is opened only where it is itself what is counted.
        """
        if base_name(dataset) == CLOSED and not opened:
            return {}
        if (dataset, row) not in self._rests:
            sources = self._walker.sources(dataset, row)
            found: list[Records] = [{place: frozenset(fields) for place, fields in sources.records.items()}]
            found += [self._rest(*source) for source in sources.rows]
            places = sorted(
                {place for records in found for place in records}, key=lambda place: (place[0], int(place[1]))
            )
            self._rests[dataset, row] = {
                place: frozenset[str]().union(*(records.get(place, frozenset()) for records in found))
                for place in places
            }
        return self._rests[dataset, row]

    def _at(self, file: str, row: str) -> int:
        if file not in self._files:
            _number(self._files, file)
            self._fields.append(tuple(self._walker.record(file, row)))
        return _number(self._records, (file, row))

    def _used(self, file: str, fields: frozenset[str]) -> tuple[int, ...]:
        return tuple(i for i, name in enumerate(self._fields[self._files[file]]) if name in fields)

    def _record(self, file: str, row: str) -> Record:
        return Record(self._files[file], row, tuple(self._walker.record(file, row).values()))


def _number(known: dict[Key, int], key: Key) -> int:
    """Return the number of a key, the next one if it is new."""
    return known.setdefault(key, len(known))
