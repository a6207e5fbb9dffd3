"""The demonstration extract as one Excel workbook: one sheet a form, as data managers hand it on."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crf2csr.mapping import Mapping
from crf2csr.simulate.exports.numbers import number_columns

if TYPE_CHECKING:
    import pandas as pd

#: The earliest time of a zip archive, and the same for what the workbook says about itself.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_CLOCK = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")
_NO_CLOCK = b"1980-01-01T00:00:00Z"


def write(forms: dict[str, pd.DataFrame], mapping: Mapping, folder: Path) -> None:
    """Write the forms (frames of text under the names of `mapping`) as the sheets and the file that `mapping` names.

    A column of an integer or decimal field holds numbers where each of its texts is blank or comes back from a double
    as it is; every other cell is text, a blank one is left out. The file holds no clock: the same frames give the
    same bytes.
    """
    for file in sorted({mapping.forms[form].file for form in forms}):
        own = {form: frame for form, frame in forms.items() if mapping.forms[form].file == file}
        (folder / file).write_bytes(_without_clock(_workbook(own, mapping)))


def _workbook(forms: dict[str, pd.DataFrame], mapping: Mapping) -> bytes:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    for form, frame in forms.items():
        sheet = workbook.create_sheet(mapping.forms[form].part)
        sheet.append(list(frame.columns))
        numbers = set(number_columns(frame, form, mapping))
        columns = [[_cell(sheet, text, name in numbers) for text in frame[name]] for name in frame.columns]
        for row in zip(*columns, strict=True):
            sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _cell(sheet: Any, text: str, number: bool) -> Any:
    """Return what a cell holds: nothing, a number, or text, which is never taken for a formula or an error value."""
    from openpyxl.cell import WriteOnlyCell

    if not text:
        return None
    if number:
        return float(text) if "." in text else int(text)
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _without_clock(data: bytes) -> bytes:
    """Return a workbook whose archive and properties do not tell when it was written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            content = _CLOCK.sub(_NO_CLOCK, content) if name == "docProps/core.xml" else content
            new.writestr(zipfile.ZipInfo(name, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
