"""docs/deployment/: systemd units, checked by systemd's tools and against docker-compose.yml, and proxy configurations."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment import composition

FOLDER = composition.ROOT / "docs" / "deployment"
UNITS = sorted((FOLDER / "systemd").iterdir())
SERVICES = {path.stem.removeprefix("utlyst-"): path for path in UNITS if path.suffix == ".service"}
PYTHON = "/srv/utlyst/.venv/bin/python"


def entries(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text().replace("\\\n", " ").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def units_here(tmp_path) -> list[str]:
    """The units with paths that exist on this machine: systemd checks that the started programs exist."""
    for path in UNITS:
        text = path.read_text().replace(PYTHON, sys.executable).replace("/srv/utlyst", str(composition.ROOT))
        (tmp_path / path.name).write_text(text)
    return [str(path) for path in sorted(tmp_path.iterdir())]


def systemd_analyze(*words: str) -> subprocess.CompletedProcess[str]:
    assert shutil.which("systemd-analyze"), "systemd-analyze is missing: apt-get install systemd"
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=240)


def test_systemd_finds_no_error_in_the_units(units_here):
    answer = systemd_analyze("verify", "--man=no", *units_here)
    # It may also report units of this machine.
    said = [line for line in (answer.stdout + answer.stderr).splitlines() if "utlyst" in line]
    assert said == []
    assert answer.returncode == 0, answer.stderr


def test_systemd_finds_an_error_in_a_broken_unit(units_here):
    broken = Path(units_here[-1])
    broken.write_text(broken.read_text() + "\nNoSuchSetting=yes\n")
    answer = systemd_analyze("verify", "--man=no", *units_here)
    assert "NoSuchSetting" in answer.stderr


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_exposure_score_of_units_is_low(name):
    answer = systemd_analyze("security", "--offline=true", "--threshold=15", str(SERVICES[name]))
    assert answer.returncode == 0, answer.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_units_run_the_commands_of_the_compose_file(name):
    (line,) = entries(SERVICES[name])["ExecStart"]
    program, *words = shlex.split(line)
    assert program == PYTHON
    command = composition.services()[name]["command"]
    expected = command[1:] if command[0] == "python" else ["-m", *command]
    # Behind a proxy on the same machine the web server binds to loopback; in a container it cannot.
    assert words == [word.replace("0.0.0.0", "127.0.0.1") for word in expected]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_units_restart_without_limit_and_wait_for_migrations(name):
    unit = entries(SERVICES[name])
    assert unit["Restart"] == ["always"]
    assert unit["StartLimitIntervalSec"] == ["0"]
    assert "utlyst-migrate.service" in unit["Requires"][0]
    assert "utlyst-migrate.service" in unit["After"][0]
    assert unit["TimeoutStopSec"] == [composition.services()[name]["stop_grace_period"]]


def test_target_wants_every_service():
    (wanted,) = entries(FOLDER / "systemd" / "utlyst.target")["Wants"]
    assert set(wanted.split()) == {path.name for path in SERVICES.values()} - {"utlyst-migrate.service"}
    for path in SERVICES.values():
        assert entries(path)["PartOf"] == ["utlyst.target"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_units_can_write_under_var_only(name):
    unit = entries(SERVICES[name])
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["ReadWritePaths"] == ["/srv/utlyst/var"]
    assert unit["User"] == ["utlyst"]


def test_proxies_set_forwarded_headers_and_log_no_queries():
    nginx = (FOLDER / "nginx.conf").read_text()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx, "set, or a client could claim another's address"
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in nginx
    assert "proxy_set_header Host $host;" in nginx
    for log_format in re.findall(r"log_format \w+ '(.*?)'", nginx):
        assert not {"$request", "$args", "$request_uri", "$query_string", "$http_referer"} & set(re.findall(r"\$\w+", log_format))
    assert set(re.findall(r"error_log \S+ (\w+);", nginx)) == {"crit"}, "an error names the request with its query"
    assert len(re.findall(r"access_log", nginx)) == nginx.count("server {")

    caddy = (FOLDER / "Caddyfile").read_text()
    assert r'request>uri regexp "\?.*" ""' in caddy
    assert "request>headers>Referer delete" in caddy
    assert "reverse_proxy 127.0.0.1:8000" in caddy
