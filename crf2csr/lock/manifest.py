"""The manifest of a raw extract: what arrived, byte for byte, and whether it is still the same."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crf2csr.errors import InputError

MANIFEST = "manifest.json"
DEFAULT_ENCODING = "utf-8"


def build_manifest(folder: Path, encodings: Mapping[str, str]) -> dict[str, Any]:
    """Return path, bytes, sha256, rows and encoding of every file of an extract, by path, and nothing else.

    encodings: encoding by relative path; a file without one is read as UTF-8. Rows are CSV records without the header,
    null for files that are not `.csv`. Raises InputError for a symbolic link, an unreadable byte, or an empty folder.
    """
    paths = _paths(folder)
    if not paths:
        raise InputError(f"{folder}: no file found; put the extract there first")
    return {"files": [_entry(folder, path, encodings.get(path, DEFAULT_ENCODING)) for path in paths]}


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Return the manifest as the bytes of manifest.json."""
    return (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def write_manifest(folder: Path, encodings: Mapping[str, str]) -> Path:
    """Write manifest.json beside the files of an extract and return its path."""
    content = manifest_bytes(build_manifest(folder, encodings))
    target = folder / MANIFEST
    target.write_bytes(content)
    return target


def snapshot_id(content: bytes) -> str:
    """Return the snapshot id: the sha256 of the bytes of manifest.json."""
    return hashlib.sha256(content).hexdigest()


def verify_manifest(folder: Path) -> str:
    """Return the snapshot id of an extract that is exactly as its manifest says.

    Raises InputError naming the missing, extra or changed files, or a symbolic link; nothing is repaired.
    """
    path = folder / MANIFEST
    if path.is_symlink():
        raise InputError(f"{path}: is a symbolic link; put the file itself there")
    if not path.is_file():
        raise InputError(f"{path}: not found; write it with: crf2csr receive")
    content = path.read_bytes()
    expected = _read(path, content)
    faults = _faults(folder, expected)
    if faults:
        raise InputError(f"{folder}: the extract is not as {MANIFEST} says: {'; '.join(faults)}; restore the files")
    return snapshot_id(content)


def _faults(folder: Path, expected: Mapping[str, Mapping[str, Any]]) -> list[str]:
    found = _paths(folder)
    faults = [f"{name} is missing" for name in sorted(expected) if name not in found]
    for name in found:
        if name not in expected:
            faults.append(f"{name} is not listed")
            continue
        content = (folder / name).read_bytes()
        if len(content) != expected[name]["bytes"]:
            faults.append(f"{name} has changed ({expected[name]['bytes']} bytes expected, {len(content)} found)")
        elif hashlib.sha256(content).hexdigest() != expected[name]["sha256"]:
            faults.append(f"{name} has changed (sha256 differs)")
    return faults


def _read(path: Path, content: bytes) -> dict[str, Mapping[str, Any]]:
    try:
        entries = json.loads(content)["files"]
        return {entry["path"]: {"bytes": int(entry["bytes"]), "sha256": str(entry["sha256"])} for entry in entries}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a manifest ({error}); write it again with: crf2csr receive") from error


def _paths(folder: Path) -> list[str]:
    """Return the relative paths of all files but the manifest, sorted; links are refused, also to folders."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name the folder of the extract")
    paths = []
    for path in folder.rglob("*"):
        if path.is_symlink():
            raise InputError(f"{path}: is a symbolic link; put the file itself there")
        if path.is_file() and path != folder / MANIFEST:
            paths.append(path.relative_to(folder).as_posix())
    return sorted(paths)


def _entry(folder: Path, name: str, encoding: str) -> dict[str, Any]:
    content = (folder / name).read_bytes()
    rows = count_records(_decode(folder / name, content, encoding)) - 1 if name.lower().endswith(".csv") else None
    digest = hashlib.sha256(content).hexdigest()
    return {"path": name, "bytes": len(content), "sha256": digest, "rows": rows, "encoding": encoding}


def _decode(path: Path, content: bytes, encoding: str) -> str:
    if not content:
        raise InputError(f"{path}: the file is empty; ask for it again")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}, byte {error.start}: not {encoding}; declare the encoding of this file") from error
    except LookupError as error:
        raise InputError(f"{path}: encoding '{encoding}' is unknown; name one that Python knows") from error


def count_records(text: str) -> int:
    """Return the number of CSV records, header included: lines that end outside quotes, whatever the delimiter."""
    outside = re.sub(r'"[^"]*("|\Z)', '""', text)
    lines = re.split(r"\r\n|\n|\r", outside)
    return sum(line != "" for line in lines)
