"""Discovery of all regular expressions of the product: in its source, in values of its modules and in its URL patterns."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("jobsearch", "ingest")
METHODS = ("fullmatch", "match", "search", "finditer", "findall", "sub", "subn", "split")
ADDRESSES = "addresses"
"""What stands for a module's name where an expression is that of a URL pattern."""
STARTED = {"jobsearch.settings", "jobsearch.wsgi"}
"""Modules that start something when they are imported, so that only their source is read."""
_AS_SEARCH = {"finditer", "findall", "sub", "subn", "split"}


@dataclass(frozen=True)
class Expression:
    """`place`: where in the `module` it is. `methods`: those that the product calls on it, as far as their costs differ."""

    module: str
    place: str
    pattern: re.Pattern[Any]
    methods: tuple[str, ...]


@dataclass(frozen=True)
class BuiltPattern:
    """A pattern that is built at run time, so that no test can time it."""

    place: str
    source: str


def list_modules() -> list[str]:
    """Names of the product's modules, without migrations."""
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    names = [file.relative_to(ROOT).with_suffix("").parts for file in files if "migrations" not in file.parts]
    return [".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in names]


def list_modules_with_expressions() -> list[str]:
    """Names of the modules that import `re`, read from their text: the tests' names need no module parsed, nor imported."""
    return [name for name in list_modules() if re.search(r"^\s*import re\b(?!\.)", _find_file(name).read_text(), re.MULTILINE)]


def _find_file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"


@lru_cache(maxsize=1)
def _parse_modules() -> dict[str, ast.Module]:
    return {name: ast.parse(_find_file(name).read_text()) for name in list_modules()}


@lru_cache(maxsize=1)
def _list_nodes() -> dict[str, list[ast.AST]]:
    """The nodes of each module: every worker of a test run looks through them several times."""
    return {name: [*ast.walk(tree)] for name, tree in _parse_modules().items()}


def list_nodes(module: str) -> list[ast.AST]:
    return _list_nodes()[module]


def find_module_level_compiles(module: str) -> Iterator[tuple[int, set[str]]]:
    """(line, names that the statement assigns) of each `re.compile` that runs when the module is imported."""
    outside = [_parse_modules()[module]]
    while outside:
        for node in ast.iter_child_nodes(outside.pop()):
            if isinstance(node, ast.ClassDef):
                statements = [statement for statement in node.body if not _is_function(statement)]
                yield from ((call.lineno, {node.name}) for part in statements for call in _find_compile_calls(part))
            elif isinstance(node, (ast.If, ast.Try, ast.With, ast.For)):
                outside.append(node)
            elif not _is_function(node):
                names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
                yield from ((call.lineno, names) for call in _find_compile_calls(node))


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _find_compile_calls(node: ast.AST) -> Iterator[ast.Call]:
    calls = _find_re_calls(ast.walk(node))
    return (call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "compile")


@lru_cache(maxsize=1)
def find_expressions() -> list[Expression]:
    """All regular expressions, one for each pattern and place."""
    found = [*_find_in_modules()]
    found += _find_in_calls({(one.module, one.pattern.pattern) for one in found})
    found += _find_in_urls()
    return list({(one.place, one.pattern): one for one in found}.values())


def find_built_patterns() -> list[BuiltPattern]:
    """Calls of `re` in functions whose pattern is not a literal."""
    found = []
    for name, nodes in _list_nodes().items():
        for function in nodes:
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                for call in _find_re_calls(ast.walk(function)):
                    if call.args and _read_literal(call.args[0]) is None and not _is_pattern(name, call.args[0]):
                        found.append(BuiltPattern(f"{name}:{call.lineno}", ast.unparse(call.args[0])))
    return list(dict.fromkeys(found))


def _find_in_modules() -> Iterator[Expression]:
    """Compiled patterns in the values of a module and of its classes, also in tuples, lists, sets and dicts."""
    for name in list_modules():
        if name in STARTED:
            continue
        used = _methods_by_name(name)
        module = importlib.import_module(name)
        for attribute, value in [*vars(module).items()]:
            if isinstance(value, ModuleType) or (isinstance(value, type) and value.__module__ != name):
                continue
            inside = vars(value).values() if isinstance(value, type) else [value]
            for pattern in (one for part in inside for one in _find_patterns(part)):
                whole = isinstance(value, re.Pattern)
                if not isinstance(value, type) and attribute not in _find_assigned_names(name):
                    continue
                methods = used[attribute] if whole else used[""]
                yield Expression(name, f"{name}.{attribute}", pattern, _reduce_methods(methods))


def _find_in_calls(known: set[tuple[str, str | bytes]]) -> Iterator[Expression]:
    """Literal patterns of calls such as `re.sub(r"…", …)`, and of `re.compile` if they are not among the `known` ones."""
    for name, nodes in _list_nodes().items():
        for call in _find_re_calls(nodes):
            pattern = _read_literal(call.args[0]) if call.args else None
            if pattern is not None and (name, pattern) not in known:
                method = call.func.attr  # type: ignore[attr-defined]
                methods = _reduce_methods({method} & {*METHODS})
                yield Expression(name, f"{name}:{call.lineno}", re.compile(pattern, _read_flags(call)), methods)


def _find_in_urls() -> Iterator[Expression]:
    """The expressions of the URL patterns of the site's own views."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[Expression]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            elif getattr(one.callback, "__module__", "").startswith(FOLDERS):
                yield Expression(ADDRESSES, f"address {one.pattern}", one.pattern.regex, ("search",))

    yield from walk(get_resolver().url_patterns)


def _methods_by_name(module: str) -> dict[str, set[str]]:
    """Name of a pattern of the module -> methods called on it.

    In the module itself (`_TOKEN.findall(…)`) and in other modules (`norwegian._TOKEN.findall(…)`). The key "" has those called
    on anything else, such as a loop variable.
    """
    found: dict[str, set[str]] = defaultdict(set)
    of_module = {"re", *vars(importlib.import_module(module))}
    for name, owner, method in _find_method_calls():
        if isinstance(owner, ast.Attribute):
            found[owner.attr].add(method)
        elif name == module and isinstance(owner, ast.Name):
            found[owner.id].add(method)
        if name == module and not (isinstance(owner, ast.Name) and owner.id in of_module):
            found[""].update({method} - {"split"})  # nearly always that of a string
    return found


@lru_cache(maxsize=1)
def _find_method_calls() -> list[tuple[str, ast.expr, str]]:
    """(module, object, method) of every possible call of a pattern's method."""
    return [
        (name, node.value, node.attr)
        for name, nodes in _list_nodes().items()
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr in METHODS
    ]


def _reduce_methods(methods: set[str]) -> tuple[str, ...]:
    """The methods whose costs may differ; all of them if none is known."""
    found = {"search" if method in _AS_SEARCH else method for method in methods}
    return tuple(sorted(found)) or ("fullmatch", "search")


def _find_re_calls(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)):
            continue
        if node.func.value.id == "re" and node.func.attr in {*METHODS, "compile"}:
            yield node


def _read_literal(node: ast.expr) -> str | bytes | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, (str, bytes)) else None


def _is_pattern(module: str, node: ast.expr) -> bool:
    """Whether the node is the name of a compiled pattern of its module."""
    if module in STARTED or not isinstance(node, ast.Name):
        return False
    return isinstance(getattr(importlib.import_module(module), node.id, None), re.Pattern)


def _read_flags(call: ast.Call) -> int:
    named = {one.attr for arg in [*call.args[1:], *(k.value for k in call.keywords)] for one in ast.walk(arg)
             if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "re"}  # fmt: skip
    return sum(getattr(re, name) for name in named)


@lru_cache(maxsize=1000)
def _find_assigned_names(module: str) -> frozenset[str]:
    """The names that the module itself assigns; imported ones are found in their own module."""
    names = (node for node in _list_nodes()[module] if isinstance(node, ast.Name))
    return frozenset(node.id for node in names if isinstance(node.ctx, ast.Store))


def _find_patterns(value: object, depth: int = 4) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, (tuple, list, set, frozenset, dict)) and len(value) <= 1000:
        inside = [*value.keys(), *value.values()] if isinstance(value, dict) else [*value]
        for one in inside:
            yield from _find_patterns(one, depth - 1)
