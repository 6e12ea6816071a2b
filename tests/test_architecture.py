"""Architecture: which app may import which, no import cycles, and how long a file may be."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator, Mapping, Set
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASE = {"jobsearch.core", "jobsearch.taxonomy"}
DOMAIN = {*BASE, "jobsearch.vacancies"}
SITE = {*DOMAIN, "jobsearch.search", "jobsearch.saved", "jobsearch.statistics"}
APPS = {
    # app: the apps that it may import
    "jobsearch.core": set(),
    "jobsearch.taxonomy": {"jobsearch.core"},
    "jobsearch.vacancies": BASE,
    "ingest": {*DOMAIN, "ingest.client"},
    "ingest.client": {"jobsearch.core", "jobsearch.vacancies"},
    "jobsearch.search": DOMAIN,
    "jobsearch.saved": {*DOMAIN, "jobsearch.search"},
    "jobsearch.statistics": {*DOMAIN, "jobsearch.search"},
    "jobsearch.web": SITE,
    "jobsearch.accounts": {*SITE, "jobsearch.web"},
    "jobsearch.admin_dashboard": {*SITE, "jobsearch.web", "jobsearch.accounts", "ingest", "ingest.client"},
    "jobsearch.demo": {
        *SITE,
        "jobsearch.web",
        "jobsearch.accounts",
        "jobsearch.admin_dashboard",
        "ingest",
        "ingest.client",
        "jobsearch.demo.feed_server",
    },
    "jobsearch.demo.feed_server": set(),
}
PUBLIC = {
    # app: the modules that other apps may import; only the names in `__all__` where a module has it.
    "ingest": ("consistency", "detail_queue", "error_messages", "lease", "models", "replay", "report", "status", "sync"),
    "jobsearch.vacancies": (
        *(
            "ad_data",
            "ad_names",
            "cleaning",
            "deadlines",
            "deletion_models",
            "erasure",
            "freshness",
            "gazetteer",
            "html",
            "language",
        ),
        *("links", "masking", "models", "organisation_numbers", "past_ads", "pending", "postal_codes", "precomputed"),
        *("prepared_ads", "prepared_documents", "redaction", "redaction.tokens", "redaction.words", "store", "suppression"),
        *("suppression.identifiers", "suppression.loading", "tasks", "visibility"),
    ),
    "jobsearch.search": (
        *("api", "assist", "cache_warming", "engines", "facets", "indexing", "models", "query", "search_query"),
        *("thread_failures", "usage"),
    ),
    "jobsearch.saved": (
        *(
            "alerts.pauses",
            "alerts.sending",
            "alerts.subscriptions",
            "bookmark_states",
            "bookmarks.bookmarks",
            "bookmarks.hidden",
        ),
        *(
            "bookmarks.reminders",
            "descriptions",
            "erasure",
            "forms",
            "frequencies",
            "mail.addresses",
            "mail.limits",
            "mail.links",
        ),
        *("mail.mails", "mail.recipients", "models", "searches.last_looks", "searches.list_views"),
    ),
    "jobsearch.statistics": ("counting", "dimensions", "employers", "market", "models"),
    "jobsearch.web": (
        *("forms", "login_throttle", "presenters.alert_mail", "presenters.reminder_mail", "views.errors", "views.health"),
        "views.password",
    ),
    "jobsearch.accounts": (*("adapter", "limits", "login_codes", "models", "personal_data", "roles", "second_step", "sessions"),),
    "jobsearch.admin_dashboard": ("jobs.error_messages", "jobs.full_sync", "management.terminal_progress"),
}
"""`core`, `taxonomy` and `ingest.client` are public as a whole."""
PUBLIC_MODULES = {f"{app}.{name}" for app, names in PUBLIC.items() for name in names}
MOST_NAMES = 20
LONGEST = 400
FILES = [file for folder in ("jobsearch", "ingest") for file in sorted((ROOT / folder).rglob("*.py"))]
LIBRARIES = {"tantivy": "jobsearch.search.engines.tantivy", "opensearchpy": "jobsearch.search.engines.opensearch"}


@cache
def get_module(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def get_app(module: str) -> str | None:
    apps = [app for app in APPS if module == app or module.startswith(f"{app}.")]
    return max(apps, key=len, default=None)


@cache
def list_imports(file: Path) -> tuple[str, ...]:
    package = get_module(file) if file.name == "__init__.py" else get_module(file).rpartition(".")[0]
    imports: list[str] = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            imports += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            imports += [f"{start}.{name.name}" for name in node.names]
    return tuple(imports)


def list_imports_of_other_apps() -> Iterator[tuple[str, str, str, str]]:
    """(app, module, app of what it imports, what it imports)."""
    for file in FILES:
        module = get_module(file)
        app = get_app(module)
        for imported in list_imports(file) if app else ():
            target = get_app(imported)
            if target and target != app:
                yield app, module, target, imported


def test_dependencies_go_one_way():
    forbidden = [
        f"{module} may not import {imported}"
        for app, module, target, imported in list_imports_of_other_apps()
        if target not in APPS[app]
    ]
    assert not forbidden, "\n".join(forbidden)


@cache
def import_graph() -> dict[str, set[str]]:
    """Module -> the project's modules that it imports, those for type checkers included."""
    modules = {get_module(file): file for file in FILES}
    graph: dict[str, set[str]] = {}
    for module, file in modules.items():
        # `from a.b import c` names a module c, or something in the module b.
        found = {name if name in modules else name.rpartition(".")[0] for name in list_imports(file)}
        graph[module] = (found & modules.keys()) - {module}
    return graph


def find_cycle(graph: Mapping[str, Set[str]]) -> list[str]:
    """A shortest cycle as the list of its nodes, [] for none."""
    cycles = []
    for start in graph:
        paths = [[start]]
        seen: set[str] = set()
        while paths:
            path = paths.pop(0)
            for target in sorted(graph[path[-1]]):
                if target == start:
                    cycles.append(path)
                    paths = []
                    break
                if target not in seen:
                    seen.add(target)
                    paths.append([*path, target])
    return min(cycles, key=len, default=[])


def package_of(module: str) -> str:
    """The sub-package of an app that a module belongs to, or the module itself where it lies in the app's folder."""
    parts = module.split(".")
    return ".".join(parts[: 3 if parts[0] == "jobsearch" else 2])


def test_no_modules_import_each_other_in_a_cycle():
    cycle = find_cycle(import_graph())
    assert not cycle, "import cycle: " + " -> ".join([*cycle, cycle[0]])


def test_no_sub_packages_import_each_other_in_a_cycle():
    """The imports that tie them are named, as "importing module -> imported module"."""
    ties: dict[tuple[str, str], str] = {}
    graph: dict[str, set[str]] = {}
    for module, imported in import_graph().items():
        package = package_of(module)
        graph.setdefault(package, set())
        for target in sorted(imported):
            if package_of(target) != package:
                graph[package].add(package_of(target))
                ties[package, package_of(target)] = f"{module} -> {target}"
    cycle = find_cycle(graph)
    assert not cycle, "cycle of packages: " + ", ".join(ties[pair] for pair in zip(cycle, [*cycle[1:], cycle[0]], strict=True))


def test_a_cycle_is_found_and_the_shortest_is_named():
    graph = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"b"}, "e": {"a"}}
    assert find_cycle(graph) in (["b", "d"], ["d", "b"])
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_presenters_import_no_views():
    imports = [
        f"{get_module(file)} imports {imported}"
        for file in FILES
        if get_module(file).startswith("jobsearch.web.presenters")
        for imported in list_imports(file)
        if imported.startswith("jobsearch.web.views")
    ]
    assert not imports, "\n".join(imports)


@cache
def list_public_names(module: str) -> set[str] | None:
    """The names in `__all__`, None for a module without it: everything in it that has no leading underscore."""
    names = getattr(importlib.import_module(module), "__all__", None)
    return None if names is None else set(names)


def is_public(imported: str) -> bool:
    """Whether another app may import it: a public module, or a public name of one."""
    module, _dot, name = imported.rpartition(".")
    if imported in PUBLIC_MODULES or module not in PUBLIC_MODULES:
        return imported in PUBLIC_MODULES
    names = list_public_names(module)
    return not name.startswith("_") if names is None else name in names


def test_other_apps_import_public_modules():
    private = [
        f"{module} imports {imported}, which its app's __init__.py does not list"
        for _app, module, target, imported in list_imports_of_other_apps()
        if target in PUBLIC and not is_public(imported)
    ]
    assert not private, "\n".join(private)


@pytest.mark.parametrize("app", PUBLIC)
def test_public_modules_are_used_and_listed_in_the_docstring(app):
    outside = [name for file in FILES if get_app(get_module(file)) != app for name in list_imports(file)]
    listed = (ROOT / app.replace(".", "/") / "__init__.py").read_text()
    for name in PUBLIC[app]:
        module = f"{app}.{name}"
        assert any(imported == module or imported.startswith(f"{module}.") for imported in outside), (
            f"{module} is used by no other app"
        )
        assert name in listed, f"{module} is not in the docstring"


@pytest.mark.parametrize("module", sorted(name for name in PUBLIC_MODULES if name.startswith("jobsearch.search.")))
def test_public_modules_of_the_search_have_few_names(module):
    names = list_public_names(module)
    assert names is None or len(names) <= MOST_NAMES


@pytest.mark.parametrize("module", ["ingest.client.feed", "jobsearch.demo.feed_server", "jobsearch.demo.feed_server.__main__"])
def test_imports_neither_django_nor_celery(module):
    """Not even through other modules: the feed client and the fake feed server are usable without the site."""
    program = f"import sys, {module}; print([name for name in ('django', 'celery') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.stdout.strip(), result.stderr) == ("[]", "")


def test_the_feed_server_imports_no_django_and_each_engine_has_one_package():
    forbidden = []
    for file in FILES:
        module = get_module(file)
        for imported in list_imports(file):
            top = imported.partition(".")[0]
            is_django = module.startswith("jobsearch.demo.feed_server") and top in {"django", "celery"}
            if is_django or (top in LIBRARIES and not module.startswith(LIBRARIES[top])):
                forbidden.append(f"{module} imports {imported}")
    assert not forbidden, "\n".join(forbidden)


def test_files_are_short():
    lengths = {get_module(file): len(file.read_text().splitlines()) for file in FILES if "migrations" not in file.parts}
    assert {module: length for module, length in lengths.items() if length > LONGEST} == {}
