"""Repetition in a plan file: lists that it names, and blocks put once for each of their codes.

A table of 25 parameters would need 25 copies of the same five rows. `lists` of a file in `config/<study>/plan/` gives
codes with labels; a block `{for: {p: promis}, put: [...]}` within a list of the plan is replaced by what `put` holds,
once for each code, `{p}` standing for the code and `{p.label}` for its label. Nothing else is computed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from crf2csr.errors import InputError, shown
from crf2csr.strict_yaml import Document, Lines
from crf2csr.study import nearest

Address = tuple[str | int, ...]
#: Labels by code, for each list of a file.
Lists = Mapping[str, Mapping[str, str]]
#: What each placeholder stands for, within a block.
Values = Mapping[str, str]

_BLOCK = {"for", "put"}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def expand_lists(document: Document) -> Document:
    """Return a plan file with its blocks put out and without its `lists`; each line is that of what was repeated.

    Several names in one `for` repeat for every pair, the last one fastest; a block may hold blocks. Raises InputError
    with file and line for a list that is not there, a placeholder that no block names, a block that is not complete.
    """
    if not isinstance(document.content, dict):
        return document
    lists = _lists(document)
    work = _Expansion(document, lists)
    content = {key: value for key, value in document.content.items() if key != "lists"}
    return Document(document.path, work.copy(content, (), (), {}), work.lines)


def _lists(document: Document) -> Lists:
    given = document.content.get("lists", {})
    for name, labels in given.items() if isinstance(given, dict) else [("", None)]:
        if not isinstance(labels, dict) or not labels or not all(isinstance(label, str) for label in labels.values()):
            line = document.line(("lists", name))
            raise InputError(f"{document.path} line {line}: lists.{shown(name)}: a list has codes with their labels")
    return given


@dataclass
class _Expansion:
    """The document under expansion: lines of the new addresses are gathered while its content is copied."""

    document: Document
    lists: Lists
    lines: Lines = field(default_factory=dict)

    def copy(self, node: Any, old: Address, new: Address, values: Values) -> Any:
        """Return a node with its blocks put out; `old` is its address in the file, `new` that in the result."""
        self.lines[new] = self.document.line(old)
        if isinstance(node, dict):
            return {key: self.copy(value, (*old, key), (*new, key), values) for key, value in node.items()}
        if isinstance(node, list):
            items = [found for k, item in enumerate(node) for found in self._items(item, (*old, k), values)]
            return [self.copy(item, at, (*new, k), own) for k, (item, at, own) in enumerate(items)]
        return self._text(node, old, values) if isinstance(node, str) else node

    def _items(self, item: Any, at: Address, values: Values) -> Iterator[tuple[Any, Address, Values]]:
        """Yield what an item of a list stands for: itself, or the items of a block for each of its codes."""
        if not isinstance(item, dict) or "for" not in item:
            yield item, at, values
            return
        if set(item) != _BLOCK or not isinstance(item["for"], dict) or not isinstance(item["put"], list):
            self._refuse(at, "a block has `for: {name: list}` and `put: [...]`")
        for codes in product(*(self._codes(name, at) for name in item["for"].values())):
            own = {**values}
            for name, (code, label) in zip(item["for"], codes, strict=True):
                own |= {name: code, f"{name}.label": label}
            for k, inner in enumerate(item["put"]):
                yield from self._items(inner, (*at, "put", k), own)

    def _codes(self, name: Any, at: Address) -> list[tuple[str, str]]:
        if not isinstance(name, str) or name not in self.lists:
            self._refuse(at, f"unknown list '{shown(str(name))}'{nearest(str(name), self.lists)}")
        return list(self.lists[name].items())

    def _text(self, text: str, at: Address, values: Values) -> str:
        if not values:
            return text  # outside of a block braces mean nothing
        names = _PLACEHOLDER.findall(text)
        for name in names:
            if name not in values:
                self._refuse(at, f"unknown placeholder '{{{shown(name)}}}'{nearest(name, values)}")
        return _PLACEHOLDER.sub(lambda match: values[match[1]], text)

    def _refuse(self, at: Address, what: str) -> None:
        place = ".".join(map(str, at))
        raise InputError(f"{self.document.path} line {self.document.line(at)}: {place}: {what}")
