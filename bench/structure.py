"""Structure of the product: modules, import levels and lines of each app, as a Markdown table.

    .venv/bin/python bench/structure.py                    # this tree
    .venv/bin/python bench/structure.py /tmp/before        # another one, such as a worktree of an earlier commit

Levels: the longest chain of imports within an app, in modules. Code: lines that are neither blank, comment nor docstring.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOTS = ("jobsearch", "ingest")
APPS_BELOW = {"ingest.client", "ingest.standin", "jobsearch.demo.feed_server"}
"""Parts of an app that are counted by themselves."""
_NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def get_module(root: Path, file: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def get_app(module: str, packages: set[str]) -> str:
    """The app of a module; "project" for the modules beside the apps."""
    parts = module.split(".")
    for app in sorted(APPS_BELOW, key=len, reverse=True):
        if module == app or module.startswith(f"{app}."):
            return app
    if parts[0] == "ingest":
        return "ingest"
    name = ".".join(parts[:2])
    return name if name in packages and len(parts) > 1 else "project"


def list_imports(file: Path, module: str) -> set[str]:
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{start}.{name.name}" for name in node.names}
    return found


def count_levels(modules: set[str], graph: dict[str, set[str]]) -> int:
    """The longest chain of imports; modules that import each other in a cycle are one level."""
    reached = {module: _reach(module, modules, graph) for module in modules}

    @cache
    def measure(group: frozenset[str]) -> int:
        below = {target for module in group for target in graph[module] & modules} - group
        return 1 + max((measure(_group(target, reached)) for target in below), default=0)

    return max((measure(_group(module, reached)) for module in modules), default=0)


def _reach(module: str, modules: set[str], graph: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        for target in graph[waiting.pop()] & modules - seen:
            seen.add(target)
            waiting.append(target)
    return seen


def _group(module: str, reached: dict[str, set[str]]) -> frozenset[str]:
    """The module, with those of its import cycle."""
    return frozenset({module, *(other for other in reached[module] if module in reached[other])})


def count_code(text: str) -> int:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, documented)
        for part in node.body
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)
        for line in range(part.lineno, (part.end_lineno or part.lineno) + 1)
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - texts)


def main(root: Path) -> None:
    files = {
        get_module(root, file): file
        for name in ROOTS
        for file in sorted((root / name).rglob("*.py"))
        if "migrations" not in file.parts
    }
    packages = {module for module, file in files.items() if file.name == "__init__.py"}
    graph = {
        module: {name if name in files else name.rpartition(".")[0] for name in list_imports(file, module)}
        & files.keys() - {module}
        for module, file in files.items()
    }
    apps: dict[str, set[str]] = defaultdict(set)
    for module in files:
        apps[get_app(module, packages)].add(module)
    print("| app | modules | of them in the app's own folder | import levels | lines | code |")
    print("| --- | --: | --: | --: | --: | --: |")
    total = [0, 0, 0]
    for app, modules in sorted(apps.items()):
        texts = {module: files[module].read_text() for module in modules}
        filled = [module for module in modules if texts[module].strip()]
        folder = min((files[module].parent for module in modules), key=lambda path: len(path.parts))
        own = [module for module in filled if files[module].parent == folder and files[module].name != "__init__.py"]
        lines, code = sum(len(text.splitlines()) for text in texts.values()), sum(map(count_code, texts.values()))
        total = [total[0] + len(filled), total[1] + lines, total[2] + code]
        print(f"| {app} | {len(filled)} | {len(own)} | {count_levels(modules, graph)} | {lines:,} | {code:,} |")
    print(f"| all | {total[0]} | | {count_levels(set(files), graph)} | {total[1]:,} | {total[2]:,} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
