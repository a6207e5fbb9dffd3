"""The demonstration extract as SAS transport files of version 5: one dataset a form, as sponsors hand them over."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.mapping import Mapping
from crf2csr.simulate.exports.numbers import number_columns

if TYPE_CHECKING:
    import pandas as pd

#: Library and member stand in the first seven records of 80 bytes; each says twice when it was written.
_HEADER = 7 * 80
_CLOCK = re.compile(rb"[0-9]{2}[A-Z]{3}[0-9]{2}(?::[0-9]{2}){3}")
_NO_CLOCK = b"01JAN60:00:00:00"


def write(forms: dict[str, pd.DataFrame], mapping: Mapping, folder: Path) -> None:
    """Write each form (frame of text under the names of `mapping`) as the file that `mapping` gives it.

    A column of an integer or decimal field is numeric where each of its texts is blank or comes back from a double as
    it is; every other column, dates among them, is character. The files hold no clock: the same frames give the same
    bytes. Raises ReadstatError for a name of more than eight characters.
    """
    import pyreadstat

    for form, frame in forms.items():
        path = folder / mapping.forms[form].file
        numbers = number_columns(frame, form, mapping)
        data = frame.assign(**{name: _double(frame[name]) for name in numbers}).astype(
            {name: object for name in frame.columns if name not in numbers}
        )
        pyreadstat.write_xport(data, str(path), table_name=form.upper(), file_format_version=5)
        written = path.read_bytes()
        path.write_bytes(_CLOCK.sub(_NO_CLOCK, written[:_HEADER]) + written[_HEADER:])


def _double(texts: pd.Series) -> pd.Series:
    import pandas as pd

    return pd.to_numeric(texts.mask(texts.eq(""))).astype("float64")
