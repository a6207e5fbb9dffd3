"""Content hashes of code: which files a module runs, and one hash of them.

Snakemake does not see a change in an imported module. Each rule therefore carries the hash of the script that it runs
and of everything of this project that the script imports, read from the syntax tree without running anything (Python
language reference, section 5: the import system).
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from crf2csr.errors import InputError

HASH_LENGTH = 16


@functools.cache
def import_closure(path: Path, root: Path) -> tuple[Path, ...]:
    """Return `path` and every file below `root` that it imports, directly or not, sorted.

    Imports inside functions count, packages count with the `__init__.py` of each level, installed packages do not.
    A module named at run time (`importlib`) is not seen: hash its file too. Raises InputError for a file that is
    missing or is no Python, and for an import of this project that names no file. Read once per process.
    """
    root = root.resolve()
    found: set[Path] = set()
    start = _existing(path, root)
    waiting = [start, *_packages(start.relative_to(root).parts, root)]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting.extend(_imported(file, root))
    return tuple(sorted(found))


@functools.cache
def code_hash(*paths: Path, root: Path) -> str:
    """Return a hash of the import closure of the Python files in `paths` and of the other files named there.

    16 hexadecimal digits of a SHA-256 over relative path and content of each file, in the order of the relative paths:
    the same in every copy of the tree. Raises InputError like `import_closure`.
    """
    root = root.resolve()
    files = {file for path in paths for file in _with_imports(path, root)}
    digest = hashlib.sha256()
    for name, file in sorted((file.relative_to(root).as_posix(), file) for file in files):
        content = file.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:HASH_LENGTH]


@functools.cache
def declared_keys(path: Path, function: str, root: Path) -> tuple[str, ...]:
    """Return the study keys that the top-level `function` in `path` declares with `@uses("a.b", ...)`; none: empty.

    Read from the syntax tree, so that the workflow need not import the module. Raises InputError if there is no such
    function, or if a key is not written as plain text.
    """
    file = _existing(path, root.resolve())
    for node in _parse(file).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return tuple(key for decorator in node.decorator_list for key in _keys(decorator, file))
    raise InputError(f"{file}: no function '{function}' at the top level; check the name in the rule")


def _with_imports(path: Path, root: Path) -> tuple[Path, ...]:
    return import_closure(path, root) if path.suffix == ".py" else (_existing(path, root),)


def _existing(path: Path, root: Path) -> Path:
    file = (root / path).resolve()
    if not file.is_file():
        raise InputError(f"{file}: file not found; a rule names it as part of its code")
    if not file.is_relative_to(root):
        raise InputError(f"{file}: lies outside the project folder; code is hashed inside it only")
    return file


def _parse(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes(), filename=str(file))
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{file}, line {getattr(error, 'lineno', '?')}: not readable as Python: {error}") from error


@functools.cache
def _imported(file: Path, root: Path) -> tuple[Path, ...]:
    return tuple(_imports(file, root))


def _imports(file: Path, root: Path) -> Iterator[Path]:
    """Yield the files below `root` that the import statements of `file` load themselves."""
    for node in _statements(_parse(file)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _load(alias.name, file, node.lineno, root)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, file, root)
            yield from _load(module, file, node.lineno, root)
            for alias in node.names:
                yield from _files(f"{module}.{alias.name}", root)  # nothing if it is a name inside the module


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every statement of a module, also those inside others; an import is never inside an expression, and to
    leave expressions out takes a third of the time of `ast.walk`."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "handlers", "finalbody", "cases"):
            inside = getattr(node, name, ())
            waiting.extend(inside if isinstance(inside, list) else ())


def _absolute(node: ast.ImportFrom, file: Path, root: Path) -> str:
    """Return the full module name of a `from` import: one dot is the folder of the file, each further dot one up."""
    if not node.level:
        return node.module or ""
    package = file.relative_to(root).parts[:-1]
    if node.level > len(package):
        raise InputError(f"{file}, line {node.lineno}: the relative import leaves the project folder")
    parts = package[: len(package) - node.level + 1]
    return ".".join((*parts, *(node.module or "").split("."))).rstrip(".")


def _load(module: str, file: Path, line: int, root: Path) -> tuple[Path, ...]:
    files = _files(module, root)
    if not files and _is_ours(module, root):
        raise InputError(f"{file}, line {line}: imports '{module}', which is no module of the project; check the name")
    return files


def _is_ours(module: str, root: Path) -> bool:
    top = root / module.split(".")[0]
    folder = root.joinpath(*module.split("."))
    return top.is_dir() and any(top.glob("*.py")) and not folder.is_dir()


def _files(module: str, root: Path) -> tuple[Path, ...]:
    """Return the file of a module with the `__init__.py` of each package above it; empty if it is not below `root`."""
    parts = module.split(".")
    here = root.joinpath(*parts)
    own = [file for file in (here / "__init__.py", here.with_suffix(".py")) if file.is_file()]
    return (*_packages(parts, root), own[0]) if own else ()


def _packages(parts: Sequence[str], root: Path) -> tuple[Path, ...]:
    """Return the `__init__.py` of each folder above the last of `parts`: Python runs them first."""
    files = (root.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts)))
    return tuple(file for file in files if file.is_file())


def _keys(decorator: ast.expr, file: Path) -> Iterator[str]:
    if not (isinstance(decorator, ast.Call) and _name(decorator.func) == "uses"):
        return
    for argument in decorator.args:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            raise InputError(f"{file}, line {argument.lineno}: @uses takes keys written out as text, nothing computed")
        yield argument.value


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
