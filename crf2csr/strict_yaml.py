"""YAML without surprises: every scalar is text, and what YAML would guess or hide is refused with its line.

`yaml.safe_load` keeps the last of two equal keys, turns `NO` into false, `12:30` into 750 and `0123` into 83, and
expands alias bombs.
Here scalars stay text until a schema converts them; duplicate keys, aliases, tags and files above one megabyte are
refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from crf2csr.errors import InputError, shown

#: Configuration is written by hand; anything larger is a mistake or an attack (F-303).
LARGEST = 1_000_000
#: Levels of lists and keys; libyaml has no guard of its own and takes quadratic time for deep nests.
DEEPEST = 40
_NULLS = {"null", "~", ""}
Lines = dict[tuple[str | int, ...], int]


@dataclass(frozen=True)
class Document:
    """A parsed file: its path as given, its content (dict, list, text, None) and the line of each address in it."""

    path: Path
    content: Any
    lines: Lines

    def line(self, address: tuple[str | int, ...]) -> int:
        """Return the line of an address, or of the nearest address above it."""
        while address and address not in self.lines:
            address = address[:-1]
        return self.lines.get(address, 1)


def _beside(path: Path) -> str:
    """Return what may have been meant instead of a file that is not there: the files of its kind beside it."""
    names = sorted(other.stem for other in path.parent.glob(f"*{path.suffix}"))
    return f" ({' or '.join(names)})" if names else ""


def load_yaml(path: Path) -> Document:
    """Return the document in `path`. Raises InputError with file and line for anything that is not plain, unambiguous
    YAML."""
    if not path.is_file():
        raise InputError(f"{path}: file not found; check the name of the study or the cut{_beside(path)}")
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise InputError(f"{path}: {len(data)} bytes; a configuration file has at most {LARGEST}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    lines: Lines = {}
    try:
        _refuse_hidden(path, text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        return Document(path, _build(path, root, (), lines) if root is not None else {}, lines)
    except ReaderError as error:
        line = data.count(b"\n", 0, error.position) + 1  # libyaml counts bytes
        raise InputError(f"{path} line {line}: not valid YAML: {error.reason}; remove the character") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise InputError(f"{path} line {line}: not valid YAML: {getattr(error, 'problem', error)}") from error


def _refuse_hidden(path: Path, text: str) -> None:
    """Refuse aliases, anchors, tags and deep nests while they are events, before anything is built of them."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise InputError(f"{path}: lists or keys nested too deeply; a configuration file is flat")
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or tag:
            what = f"tag {tag}" if tag else "anchors and aliases"
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise InputError(f"{path} line {line}: {what} not allowed; write the value out")


def _build(path: Path, node: yaml.Node, address: tuple[str | int, ...], lines: Lines) -> Any:
    lines[address] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return None if not node.style and node.value in _NULLS else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_build(path, item, (*address, index), lines) for index, item in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = _key(path, key_node)
        if key in result:
            raise InputError(f"{path} line {key_node.start_mark.line + 1}: key '{shown(key)}' stands twice; keep one")
        result[key] = _build(path, value_node, (*address, key), lines)
        lines[(*address, key)] = key_node.start_mark.line + 1
    return result


def _key(path: Path, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise InputError(f"{path} line {node.start_mark.line + 1}: a key must be plain text")
    return str(node.value)
