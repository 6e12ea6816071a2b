"""Every regular expression of the product, found by itself: in the source, in the modules' values and in the site's addresses."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("jobsearch", "ingest")
METHODS = ("fullmatch", "match", "search", "finditer", "findall", "sub", "subn", "split")
STARTED = {"jobsearch.settings", "jobsearch.wsgi"}
"""Modules that start something when they are imported: only their source is read."""
_AS_SEARCH = {"finditer", "findall", "sub", "subn", "split"}


@dataclass(frozen=True)
class Expression:
    """`place`: where it is written. `methods`: how the product uses it, as far as a timing can differ by it."""

    place: str
    pattern: re.Pattern[Any]
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Built:
    """A pattern that is made when the code runs, so that no test knows it."""

    place: str
    source: str


def modules() -> list[str]:
    """The product's modules, migrations aside."""
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    names = [file.relative_to(ROOT).with_suffix("").parts for file in files if "migrations" not in file.parts]
    return [".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in names]


@lru_cache(maxsize=1)
def _trees() -> dict[str, ast.Module]:
    trees = {}
    for name in modules():
        path = ROOT.joinpath(*name.split("."))
        file = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
        trees[name] = ast.parse(file.read_text())
    return trees


def tree_of(module: str) -> ast.Module:
    return _trees()[module]


def compiled_at_the_top(module: str) -> Iterator[tuple[int, set[str]]]:
    """(line, names that the statement assigns) of each `re.compile` that runs when the module is loaded."""
    outside = [_trees()[module]]
    while outside:
        for node in ast.iter_child_nodes(outside.pop()):
            if isinstance(node, ast.ClassDef):
                yield from ((call.lineno, {node.name}) for one in node.body if not _is_function(one) for call in _compiles(one))
            elif isinstance(node, (ast.If, ast.Try, ast.With, ast.For)):
                outside.append(node)
            elif not _is_function(node):
                names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
                yield from ((call.lineno, names) for call in _compiles(node))


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _compiles(node: ast.AST) -> Iterator[ast.Call]:
    return (call for call in _calls_of_re(node) if isinstance(call.func, ast.Attribute) and call.func.attr == "compile")


def expressions() -> list[Expression]:
    """All of them, one for each pattern and place."""
    found = [*_of_modules()]
    found += _of_calls({(one.place.rpartition(".")[0], one.pattern.pattern) for one in found})
    found += _of_addresses()
    return list({(one.place, one.pattern): one for one in found}.values())


def built() -> list[Built]:
    """Calls of `re` inside functions whose pattern is no literal."""
    found = []
    for name, tree in _trees().items():
        for function in ast.walk(tree):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                for call in _calls_of_re(function):
                    if call.args and _literal(call.args[0]) is None and not _is_pattern(name, call.args[0]):
                        found.append(Built(f"{name}:{call.lineno}", ast.unparse(call.args[0])))
    return list(dict.fromkeys(found))


def _of_modules() -> Iterator[Expression]:
    """Compiled patterns among the values of a module and of its classes, in tuples, lists, sets and dicts too."""
    for name in modules():
        if name in STARTED:
            continue
        used = _methods_by_name(name)
        module = importlib.import_module(name)
        for attribute, value in [*vars(module).items()]:
            if isinstance(value, ModuleType) or (isinstance(value, type) and value.__module__ != name):
                continue
            inside = vars(value).values() if isinstance(value, type) else [value]
            for pattern in (one for part in inside for one in _patterns(part)):
                whole = isinstance(value, re.Pattern)
                if not isinstance(value, type) and attribute not in _written_in(name):
                    continue
                methods = used[attribute] if whole else used[""]
                yield Expression(f"{name}.{attribute}", pattern, _distinct(methods))


def _of_calls(known: set[tuple[str, str | bytes]]) -> Iterator[Expression]:
    """Literals in calls such as `re.sub(r"…", …)`, and those of `re.compile` whose value is not among the `known` ones."""
    for name, tree in _trees().items():
        for call in _calls_of_re(tree):
            pattern = _literal(call.args[0]) if call.args else None
            if pattern is not None and (name, pattern) not in known:
                method = call.func.attr  # type: ignore[attr-defined]
                flags = _flags(call)
                yield Expression(f"{name}:{call.lineno}", re.compile(pattern, flags), _distinct({method} & {*METHODS}))


def _of_addresses() -> Iterator[Expression]:
    """What the routes of the site's own views and their converters become."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[Expression]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            elif getattr(one.callback, "__module__", "").startswith(FOLDERS):
                yield Expression(f"address {one.pattern}", one.pattern.regex, ("search",))

    yield from walk(get_resolver().url_patterns)


def _methods_by_name(module: str) -> dict[str, set[str]]:
    """Name of a pattern of the module -> the methods called on it there (`_TOKEN.findall(…)`) and in other modules
    (`text._TOKEN.findall(…)`). Under "": those called on anything else, such as a variable that runs over a table."""
    found: dict[str, set[str]] = defaultdict(set)
    of_module = {"re", *vars(importlib.import_module(module))}
    for name, owner, method in _calls_of_methods():
        if isinstance(owner, ast.Attribute):
            found[owner.attr].add(method)
        elif name == module and isinstance(owner, ast.Name):
            found[owner.id].add(method)
        if name == module and not (isinstance(owner, ast.Name) and owner.id in of_module):
            found[""].update({method} - {"split"})  # which is nearly always a string's
    return found


@lru_cache(maxsize=1)
def _calls_of_methods() -> list[tuple[str, ast.expr, str]]:
    """(module, what it is called on, method) of everything that may be a call of a pattern's method."""
    return [
        (name, node.value, node.attr)
        for name, tree in _trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in METHODS
    ]


def _distinct(methods: set[str]) -> tuple[str, ...]:
    """The methods whose costs may differ; all of them where none is known."""
    found = {"search" if method in _AS_SEARCH else method for method in methods}
    return tuple(sorted(found)) or ("fullmatch", "search")


def _calls_of_re(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)):
            continue
        if node.func.value.id == "re" and node.func.attr in {*METHODS, "compile"}:
            yield node


def _literal(node: ast.expr) -> str | bytes | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, (str, bytes)) else None


def _is_pattern(module: str, node: ast.expr) -> bool:
    """Whether it is the name of a compiled pattern of its module."""
    if module in STARTED or not isinstance(node, ast.Name):
        return False
    return isinstance(getattr(importlib.import_module(module), node.id, None), re.Pattern)


def _flags(call: ast.Call) -> int:
    named = {one.attr for arg in [*call.args[1:], *(k.value for k in call.keywords)] for one in ast.walk(arg)
             if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "re"}  # fmt: skip
    return sum(getattr(re, name) for name in named)


@lru_cache(maxsize=1000)
def _written_in(module: str) -> frozenset[str]:
    """The names that the module assigns itself; others are imported, and found where they are written."""
    names = (node for node in ast.walk(_trees()[module]) if isinstance(node, ast.Name))
    return frozenset(node.id for node in names if isinstance(node.ctx, ast.Store))


def _patterns(value: object, depth: int = 4) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, (tuple, list, set, frozenset, dict)) and len(value) <= 1000:
        inside = [*value.keys(), *value.values()] if isinstance(value, dict) else [*value]
        for one in inside:
            yield from _patterns(one, depth - 1)
