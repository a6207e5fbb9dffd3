"""Writing an extract: the bytes of each form as the EDC exports them, and the list of planted defects."""

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

from crf2csr.simulate.layout import LAYOUTS, Layout, column_of, columns_of
from crf2csr.simulate.model import Scenario
from crf2csr.simulate.spelling import Row

PLANTED = ("rule", "severity", "subject", "form", "file", "row", "field", "value", "note")
# A column that no mapping knows: how often a contact was changed after entry.
UNMAPPED = (("Q-102", "I", "", "fu", "fu.csv", "1", "CHG_COUNT", "CHG_COUNT", "column not in the mapping"),)


@dataclass(frozen=True)
class Extract:
    """Files by name, the encoding of each, and the planted defects (columns as in PLANTED)."""

    files: dict[str, bytes]
    encodings: dict[str, str]
    planted: list[dict[str, str]]


def write_rows(rows: dict[str, list[Row]], scenario: Scenario) -> Extract:
    """Return the extract of the given rows; row numbers count records, the header being row 1."""
    files = {f"{form}.csv": _encode(form, rows[form]) for form in LAYOUTS}
    encodings = {f"{form}.csv": layout.encoding for form, layout in LAYOUTS.items()}
    planted = [
        line for form in LAYOUTS for place, row in enumerate(rows[form], start=2) for line in _planted(row, place)
    ]
    planted += [dict(zip(PLANTED, line, strict=True)) for line in UNMAPPED]
    return Extract(files, encodings, sorted(planted, key=lambda line: (line["rule"], line["file"], int(line["row"]))))


def _planted(row: Row, place: int) -> list[dict[str, str]]:
    lines = []
    for rule, severity, field, note in row.plants:
        column = column_of(row.form, field) if field else ""
        values = (rule, severity, row.cells["SUBJECT"].strip(), row.form, f"{row.form}.csv", str(place), field)
        lines.append(dict(zip(PLANTED, (*values, row.cells[column] if column else "", note), strict=True)))
    return lines


def _encode(form: str, rows: list[Row]) -> bytes:
    layout, names = LAYOUTS[form], columns_of(form)
    table = [names, *([row.cells[name] for name in names] for row in rows)]
    text = "".join(_line(cells, layout, number) for number, cells in enumerate(table))
    if layout.encoding == "utf-16":  # the plain codec would follow the byte order of the machine
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    return text.encode(layout.encoding)


def _line(cells: list[str], layout: Layout, number: int) -> str:
    end = ("\r\n", "\n")[number % 3 == 2] if layout.line_end == "mixed" else layout.line_end
    buffer = io.StringIO()
    if layout.quote_all:
        csv.writer(buffer, delimiter=layout.delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(cells)
    else:
        csv.writer(buffer, delimiter=layout.delimiter, lineterminator=end).writerow(cells)
    return buffer.getvalue()


def planted_csv(extract: Extract) -> bytes:
    """Return the planted defects as a CSV file."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, PLANTED, lineterminator="\n")
    writer.writeheader()
    writer.writerows(extract.planted)
    return buffer.getvalue().encode("utf-8")


def write_extract(extract: Extract, folder: Path) -> None:
    """Write the files of an extract into a folder (made if needed); its manifest is written by `lock.manifest`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in extract.files.items():
        (folder / name).write_bytes(content)
