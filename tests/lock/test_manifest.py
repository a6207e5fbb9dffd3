"""The manifest of a raw extract: what it lists, and what it refuses."""

import hashlib
import json
from pathlib import Path

import pytest

from crf2csr.errors import InputError
from crf2csr.lock.manifest import (
    MANIFEST,
    build_manifest,
    count_records,
    snapshot_id,
    verify_manifest,
    write_manifest,
)


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Two files, one of them UTF-16 with a line break inside quotes, one in a folder."""
    (tmp_path / "b.csv").write_bytes('A,B\r\n1,"x\r\ny"\r\n2,z\r\n'.encode("utf-16"))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "note.txt").write_bytes(b"abc")
    write_manifest(tmp_path, {"b.csv": "utf-16"})
    return tmp_path


def test_manifest_lists_path_bytes_hash_rows_encoding_by_path(extract: Path) -> None:
    entries = json.loads((extract / MANIFEST).read_text(encoding="utf-8"))["files"]
    assert [entry["path"] for entry in entries] == ["a/note.txt", "b.csv"]
    assert [list(entry) for entry in entries] == [["path", "bytes", "sha256", "rows", "encoding"]] * 2
    assert entries[0] | {"sha256": ""} == {
        "path": "a/note.txt",
        "bytes": 3,
        "sha256": "",
        "rows": None,
        "encoding": "utf-8",
    }
    assert entries[1]["rows"] == 2
    # FIPS 180-2, example 1: sha256 of "abc"
    assert entries[0]["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_snapshot_id_is_the_hash_of_the_manifest(extract: Path) -> None:
    content = (extract / MANIFEST).read_bytes()
    assert verify_manifest(extract) == snapshot_id(content) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("A\n", 1),
        ("A\n1\n2", 3),
        ('A;B\n1;"x\ny"\n', 2),
        ('A\n"say ""no""\n"\n2\r\n3\r4\n', 5),
    ],
)
def test_records_are_counted_outside_quotes(text: str, records: int) -> None:
    assert count_records(text) == records


def test_changed_byte_is_named(extract: Path) -> None:
    (extract / "a" / "note.txt").write_bytes(b"abd")
    with pytest.raises(InputError, match=r"a/note\.txt has changed \(sha256 differs\)"):
        verify_manifest(extract)


def test_changed_length_missing_and_extra_are_all_named(extract: Path) -> None:
    (extract / "a" / "note.txt").unlink()
    (extract / "b.csv").write_bytes(b"A\n")
    (extract / "c.csv").write_bytes(b"A\n")
    with pytest.raises(InputError) as caught:
        verify_manifest(extract)
    message = str(caught.value)
    assert "a/note.txt is missing" in message
    assert "b.csv has changed" in message
    assert "c.csv is not listed" in message


@pytest.mark.parametrize("target", ["b.csv", "a"])
def test_links_are_refused(extract: Path, target: str) -> None:
    (extract / "link").symlink_to(extract / target)
    with pytest.raises(InputError, match="symbolic link"):
        verify_manifest(extract)
    with pytest.raises(InputError, match="symbolic link"):
        build_manifest(extract, {})


@pytest.mark.parametrize("content", [b"", b"[]", b'{"files": [{"path": "b.csv"}]}', b"\xff"])
def test_broken_manifest_is_refused(extract: Path, content: bytes) -> None:
    (extract / MANIFEST).write_bytes(content)
    with pytest.raises(InputError, match="not a manifest"):
        verify_manifest(extract)


def test_missing_manifest_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not found"):
        verify_manifest(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        build_manifest(tmp_path / "nowhere", {})
    with pytest.raises(InputError, match="no file found"):
        build_manifest(tmp_path, {})


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (b"A\n\x92\n", "utf-8", "byte 2: not utf-8"),
        (b"", "utf-8", "empty"),
        (b"A\n", "ebcdic-latin", "unknown"),
    ],
)
def test_unreadable_files_are_refused(tmp_path: Path, content: bytes, encoding: str, message: str) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(InputError, match=message):
        build_manifest(tmp_path, {"x.csv": encoding})
