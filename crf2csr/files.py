"""The only file input and output of the stages: where a file lies, atomic writes, frames as Parquet.

A file is written to a temporary file in its own folder, flushed to the disk, read back and compared, then renamed:
whoever looks sees the old complete file or the new complete file.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Layout:
    """Where the results of one study and cut lie, relative to the project folder."""

    study: str
    cut: str

    @property
    def folder(self) -> Path:
        """`results/<study>/<cut>`."""
        return Path("results") / self.study / self.cut

    def data(self, stage: str, name: str) -> Path:
        """The dataset of a stage (clean or derive)."""
        return self.folder / stage / f"{name}.parquet"

    def beside(self, stage: str, name: str, what: str) -> Path:
        """What accompanies a dataset: `links.parquet`, `queries.csv`, `removed.csv`, `members.csv`."""
        return self.folder / stage / f"{name}.{what}"


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` atomically. Raises InputError naming the file if it is a link or a folder, or cannot be
    written."""
    if path.is_symlink() or path.is_dir():
        raise InputError(f"{path}: a link or a folder lies where an output goes; move it away")
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if Path(temporary).read_bytes() != data:
            raise OSError("what was written does not read back")
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink(missing_ok=True) if temporary else None
        raise InputError(f"{path}: cannot be written: {error.strerror or error}; the old file is unchanged") from error


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    write_bytes(path, text.encode("utf-8"))


def read_text(path: Path) -> str:
    """Read UTF-8 text. Raises InputError naming the file if it is absent or unreadable."""
    return read_bytes(path).decode("utf-8")


def read_bytes(path: Path) -> bytes:
    """Read a file. Raises InputError naming it if it is absent or unreadable."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; run the step that makes it") from error


#: Rows that are turned into Parquet at a time.
_ROWS = 1_000_000


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame as Parquet, atomically; the bytes depend on the content only."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    schema = pa.Schema.from_pandas(frame, preserve_index=False)
    with pq.ParquetWriter(buffer, schema, compression="zstd") as file:
        # Piece by piece: a table of all links at once would take their memory a second time.
        for start in range(0, max(len(frame), 1), _ROWS):
            file.write_table(pa.Table.from_pandas(frame.iloc[start : start + _ROWS], schema, preserve_index=False))
    write_bytes(path, buffer.getvalue())


def read_frame(path: Path) -> pd.DataFrame:
    """Read a frame with the nullable types of the contracts."""
    import pyarrow.parquet as pq

    return pq.read_table(io.BytesIO(read_bytes(path))).to_pandas(types_mapper=_nullable().get)


def _nullable() -> Mapping[object, object]:
    import pandas as pd
    import pyarrow as pa

    strings = {kind: pd.StringDtype() for kind in (pa.string(), pa.large_string())}
    return {**strings, pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype()}


def write_rows(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame of text as CSV (queries, removed records), atomically."""
    write_text(path, frame.to_csv(index=False, lineterminator="\n"))


def read_rows(path: Path) -> pd.DataFrame:
    """Read a frame of text that `write_rows` wrote; nothing is guessed, empty stays empty text."""
    import pandas as pd

    return pd.read_csv(io.StringIO(read_text(path)), dtype="string", keep_default_na=False, na_filter=False)
