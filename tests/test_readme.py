"""What the documents say that a test can check: settings, commands, paths, services."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from jobsearch.env import list_read_variables
from tests import settings as test_settings
from tests.deployment import composition

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), composition.ENV_EXAMPLE]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.S)
SERVICE_VERBS = "exec|run|stop|start|restart|logs|up|ps|cp"


@cache
def code(document: Path) -> str:
    """All that a document gives as code, one piece a line; continued lines joined."""
    text = document.read_text()
    if document.suffix == ".md":
        text = "\n".join(block or inline for block, inline in CODE.findall(text))
    return text.replace("\\\n", " ")


def table() -> dict[str, str]:
    """The README's table of settings: each variable and the default it is said to have."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| ", README.read_text(), re.M)
    assert rows, "the README has a table of settings"
    return {name: default.strip("`") for name, default in rows}


def test_the_readmes_table_names_every_setting_and_no_other():
    assert set(table()) == set(composition.list_settings())


def test_a_settings_default_is_as_the_readme_says():
    defaults = composition.list_settings()
    assert table() == {
        name: default or ("generated once" if name == "SECRET_KEY" else "none") for name, default in defaults.items()
    }


def test_the_example_names_every_setting():
    assert set(composition.list_settings()) <= set(composition.read_env_example())


def test_the_example_names_only_variables_that_are_read():
    assert set(composition.read_env_example()) == set(composition.list_settings()) | set(composition.variables())


def test_the_example_says_what_a_blank_means():
    comments = composition.read_env_example()
    for name, default in composition.list_settings().items():
        assert comments[name], name
        assert default == "0" or not default or default in comments[name], name


def test_tests_and_demo_inherit_no_setting_of_the_environment():
    read = set(composition.list_settings())
    assert read <= set(test_settings.VARIABLES)
    assert read <= list_read_variables()  # which the demo removes


def test_a_link_leads_to_a_file_that_is_there():
    missing = [
        (document.name, target)
        for document in DOCUMENTS
        for target, _ in LINK.findall(document.read_text())
        if not (document.parent / target).exists()
    ]
    assert missing == []


@cache
def list_anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", document.read_text(), flags=re.S), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_a_link_leads_to_a_heading_that_is_there():
    links = [
        (document.name, (document.parent / target) if target else document, anchor)
        for document in DOCUMENTS
        for target, anchor in LINK.findall(document.read_text())
    ]
    assert [(name, anchor) for name, target, anchor in links if anchor and anchor not in list_anchors(target)] == []


def manage_calls(document: Path) -> list[tuple[str, list[str]]]:
    """Each `manage.py …` of a document: the command, and the options given to it."""
    found = []
    for line in code(document).splitlines():
        for name, rest in re.findall(r"manage\.py ([a-z_]+)((?: [^|;&<>`…]*)?)", line):
            found.append((name, re.findall(r"(?<![\w-])(--[a-z-]+)", rest)))
    return found


@cache
def list_options(name: str) -> set[str]:
    home = get_commands()[name]
    command = load_command_class(home, name) if isinstance(home, str) else home
    return {word for action in command.create_parser("manage.py", name)._actions for word in action.option_strings}


def test_a_command_exists_and_takes_the_options_it_is_given():
    for document in DOCUMENTS:
        for name, options in manage_calls(document):
            assert name in get_commands(), f"{document.name} names manage.py {name}"
            assert set(options) <= list_options(name), f"{document.name} names an option of manage.py {name}"


def test_every_command_of_ours_is_documented():
    ours = {name for name, home in get_commands().items() if isinstance(home, str) and home.startswith(("jobsearch.", "ingest"))}
    documented = {name for document in DOCUMENTS for name, _ in manage_calls(document)}
    assert ours <= documented


def test_a_program_or_folder_of_ours_that_is_named_is_there():
    ours = re.compile(r"(?<![\w./-])((?:bin|docs|tests|jobsearch|ingest|bench|templates|static)/[\w./-]*\w)")
    named = [(document.name, path) for document in DOCUMENTS for path in ours.findall(code(document))]
    assert [one for one in named if not (ROOT / one[1]).exists() and not (ROOT / f"{one[1]}.py").exists()] == []


def list_lines() -> list[tuple[str, str]]:
    """Each line of code of each document, with the document's name."""
    return [(document.name, line) for document in DOCUMENTS for line in code(document).splitlines()]


def test_a_service_that_is_named_to_compose_is_one():
    services = set(composition.services())
    for document, line in list_lines():
        for words in re.findall(rf"docker compose (?:{SERVICE_VERBS})((?: [^|;&<>]*)?)", line):
            service = next((word for word in words.split() if re.fullmatch(r"[a-z]+", word)), None)
            assert service is None or service in services, (document, line)


def test_a_unit_that_is_named_to_systemd_is_one():
    units = {path.name for path in (ROOT / "docs" / "deployment" / "systemd").iterdir()}
    for document, line in list_lines():
        for name in re.findall(r"utlyst(?:-\w+)?\.(?:service|target)", line):
            assert name in units, (document, line)


@pytest.mark.parametrize(
    ("title", "app", "whole"),
    [
        ("the search", "search", {"facets/", "engines/tantivy/", "engines/opensearch/", "analysis/synonyms/"}),
        ("accounts", "accounts", set()),
        ("saved searches, bookmarks and alerts", "saved", {"models/"}),
        ("the statistics", "statistics", set()),
        ("the admin", "admin_dashboard", {"admin/", "problems/"}),
    ],
)
def test_the_architecture_names_every_module(title, app, whole):
    """One section says where to look. Folders with one file a facet, engine or list are named as a whole (`whole`)."""
    section = (ROOT / "docs" / "architecture.md").read_text().partition(f"## Modules of {title}\n")[2].partition("\n## ")[0]
    folder = ROOT / "jobsearch" / app
    left_out = ("management/", "migrations/")
    files = {str(path.relative_to(folder)) for path in folder.rglob("*.py") if path.name not in {"__init__.py", "apps.py"}}
    files = {name for name in files if not name.startswith((*whole, *left_out))}
    named = {name for name in re.findall(r"`([a-z_/]+(?:\.py|/))`", section) if not name.startswith("jobsearch/")}
    assert named == files | whole
