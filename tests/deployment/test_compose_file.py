"""docker-compose.yml: valid, closed to the outside, and consistent with the project. Needs no Docker engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.deployment import composition
from tests.deployment.composition import FILLED_IN

BIN = Path(sys.executable).parent
OURS = {"migrate", "web", "worker", "beat"}
SERVERS = {"opensearch", "redis", "postgres"}
ALL = sorted(OURS | SERVERS)
RUNNING = sorted((OURS | SERVERS) - {"migrate"})


@pytest.fixture(scope="module")
def services():
    return composition.services()


def in_bytes(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([mg])", text).groups()
    return int(number) * {"m": 2**20, "g": 2**30}[unit]


def test_file_is_valid_by_the_compose_specification():
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(composition.COMPOSE)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_file_has_the_documented_services(services):
    assert set(services) == OURS | SERVERS


@pytest.mark.parametrize("name", sorted(FILLED_IN))
def test_missing_required_variable_is_named(name):
    with pytest.raises(composition.Refused) as refused:
        composition.compose(**{**FILLED_IN, name: ""})
    cure = {
        "SITE_URL": "SITE_URL=https://",
        "ALLOWED_HOSTS": "ALLOWED_HOSTS=",
        "SECRET_KEY": "a key of 32 characters",
        "POSTGRES_PASSWORD": "a password for PostgreSQL",
        "REDIS_PASSWORD": "a password for Redis",
    }[name]
    assert cure in str(refused.value)
    assert "into .env" in str(refused.value)


def test_other_variables_are_optional_and_all_are_explained():
    assert {name for name, sentences in composition.variables().items() if sentences} == set(FILLED_IN)
    explained = composition.read_env_example()
    assert {name for name in composition.variables() if name not in explained} == set()
    assert {name for name, comment in explained.items() if "COMPOSE." in comment} == set(FILLED_IN)


@pytest.mark.parametrize("name", sorted(OURS))
def test_variables_of_our_services_are_read_by_the_settings(services, name):
    read = set(composition.list_settings())
    assert set(services[name]["environment"]) <= read
    # DEBUG is left out so that nothing in .env can turn it on.
    assert read - set(services[name]["environment"]) == {"DEBUG"}


def settings_under(environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Load settings, WSGI application and Celery application as in a container, and print the settings."""
    program = """if True:
        import json, jobsearch.wsgi, jobsearch.celery
        from django.conf import settings
        jobsearch.celery.app.loader.import_default_modules()
        print(json.dumps({
            "hosts": settings.ALLOWED_HOSTS, "database": settings.DATABASES["default"]["HOST"], "debug": settings.DEBUG,
            "proxies": [str(network) for network in settings.TRUSTED_PROXIES], "feed": settings.NAV_FEED_URL,
            "tasks": sorted(jobsearch.celery.app.tasks), "cookies": settings.SESSION_COOKIE_SECURE,
        }))
    """
    env = {"PATH": os.environ["PATH"], **composition.read_image_environment(), **environment}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, timeout=240)


def test_settings_and_applications_load_with_the_services_environment(services, tmp_path):
    composition.copy_as_in_image(tmp_path)
    answer = settings_under(services["web"]["environment"], tmp_path)
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert told["hosts"] == ["127.0.0.1", "jobb.example.no"]
    assert told["database"] == "postgres"
    assert told["debug"] is False
    assert told["cookies"] is True
    assert told["proxies"] == ["172.31.94.1/32"]
    assert told["feed"] == "https://pam-stilling-feed.nav.no", "a blank in .env is as good as not set"
    assert {"ingest.tasks.follow_feed", "jobsearch.search.tasks.index_changes"} <= set(told["tasks"])
    assert not (tmp_path / "var" / "secret_key").exists()


def test_trusted_proxy_is_the_gateway_of_the_network(services):
    (network,) = composition.compose(**FILLED_IN)["networks"]["site"]["ipam"]["config"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == network["gateway"]


def test_only_the_web_port_is_published_on_loopback(services):
    assert [name for name in ALL if "ports" in services[name]] == ["web"]
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_servers_are_on_an_internal_network(services):
    networks = composition.compose(**FILLED_IN)["networks"]
    closed = {name for name, network in networks.items() if (network or {}).get("internal")}
    for name in SERVERS:
        assert set(services[name]["networks"]) <= closed, f"{name} must not reach the outside"
        (network,) = services[name]["networks"]
        assert {other for other in ALL if network in services[other]["networks"]} & SERVERS == {name}
    assert {name for name in ALL if set(services[name]["networks"]) - closed} == {"web", "worker"}


@pytest.mark.parametrize("name", ALL)
def test_services_have_no_needless_privileges(services, name):
    service = services[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "pid", "network_mode", "devices"} & set(service)
    assert service.get("read_only", False) is (name != "opensearch")
    # Ours run as the image's user.
    assert name in OURS or re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert not any("docker.sock" in str(volume) for volume in service.get("volumes", []))


@pytest.mark.parametrize("name", ALL)
def test_every_service_has_limits(services, name):
    service = services[name]
    assert in_bytes(service["mem_limit"]) == in_bytes(service["memswap_limit"]), "no swap beside the memory"
    assert service["cpus"] > 0
    assert service["pids_limit"] > 0
    assert service["logging"]["options"]["max-size"]
    assert service["logging"]["options"]["max-file"]


@pytest.mark.parametrize("name", RUNNING)
def test_services_restart_and_have_a_health_check_and_stop_time(services, name):
    service = services[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert set(service["healthcheck"]) == {"test", "interval", "timeout", "retries", "start_period", "start_interval"}
    assert service["stop_grace_period"]


def test_migrations_run_once_before_our_services(services):
    assert services["migrate"]["restart"] == "no"
    for name in OURS - {"migrate"}:
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_site_does_not_depend_on_the_search_engine(services):
    conditions = {services[name].get("depends_on", {}).get("opensearch", {}).get("condition") for name in OURS}
    assert conditions == {"service_started", None}


def test_dependencies_of_services_have_a_health_check(services):
    for name in ALL:
        for other, how in services[name].get("depends_on", {}).items():
            assert other in services
            assert how["condition"] != "service_healthy" or "healthcheck" in services[other]


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_images_of_servers_have_a_version(services, name):
    assert re.fullmatch(r"[\w/]+:\d+(\.\d+)*(-\w+)?@sha256:[0-9a-f]{64}", services[name]["image"])


def test_volumes_hold_persistent_data_only(services):
    assert {name: service["volumes"] for name, service in services.items() if service.get("volumes")} == {
        "opensearch": ["opensearch:/usr/share/opensearch/data"],
        "postgres": ["postgres:/var/lib/postgresql/data"],
    }
    assert set(composition.compose(**FILLED_IN)["volumes"]) == {"opensearch", "postgres"}


def test_file_contains_no_secret():
    text = composition.COMPOSE.read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "NAV_FEED_TOKEN", "REDISCLI_AUTH"):
        for value in re.findall(rf"^\s+{name}: (.*)$", text, re.M):
            assert value.startswith("${"), f"{name} must come from .env"


def test_opensearch_memory_limit_exceeds_its_heap(services):
    heap = re.search(r"-Xmx(\w+)", services["opensearch"]["environment"]["OPENSEARCH_JAVA_OPTS"])[1]
    assert in_bytes(services["opensearch"]["mem_limit"]) >= 2 * in_bytes(heap)


def test_worker_consumes_every_queue(services):
    listened = {queue for word in services["worker"]["command"] for queue in word.removeprefix("--queues=").split(",")}
    queues = {queue.name for queue in getattr(settings, "CELERY_TASK_QUEUES", None) or ()}
    assert queues <= listened
