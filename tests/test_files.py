"""Files that the stages write: the bytes depend on the content alone."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crf2csr import files


@pytest.mark.parametrize("rows", [0, 1, 6, 7, 8, 20])
def test_a_frame_in_pieces_has_the_bytes_of_one_table(tmp_path, monkeypatch, rows):
    """Reference: pyarrow's own writer with row groups of the same size, at and beside their limits."""
    monkeypatch.setattr(files, "_ROWS", 7)
    columns = {"A": pd.array(["x", None] * rows, dtype="string"), "B": pd.array([1, None] * rows, dtype="Int64")}
    frame = pd.DataFrame({**columns, "C": pd.to_datetime(["2020-01-01", None] * rows)}).iloc[:rows]
    files.write_frame(tmp_path / "f.parquet", frame)
    expected = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), expected, compression="zstd", row_group_size=7)
    assert (tmp_path / "f.parquet").read_bytes() == expected.getvalue()
    pd.testing.assert_frame_equal(files.read_frame(tmp_path / "f.parquet"), frame.reset_index(drop=True))
