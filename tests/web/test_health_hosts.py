"""Health checks answer under any host name; all other pages only under ALLOWED_HOSTS."""

from __future__ import annotations

import pytest

HEALTH = ["/healthz", "/readyz"]
HOSTS = ["10.1.2.3", "10.1.2.3:8000", "[fd00::7]:8000", "web-7f9c.pods.internal", "", "evil.example", "a b", "æ"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", HEALTH)
def test_health_check_by_pod_address_is_answered(client, db, own_index, path, host):
    assert client.get(path, HTTP_HOST=host).status_code == 200
    assert client.head(path, HTTP_HOST=host).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/om/", "/logg-inn/", "/admin/", "/robots.txt", "/healthz/", "/healthz/x", "//healthz", "/Healthz"]
)
def test_other_pages_reject_unknown_hosts(client, db, path):
    assert client.get(path, HTTP_HOST="10.1.2.3").status_code in {400, 404}
    assert client.get("/", HTTP_HOST="10.1.2.3").status_code == 400


@pytest.mark.parametrize("path", HEALTH)
def test_health_check_without_tls_is_not_redirected_to_https(client, db, own_index, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path, HTTP_HOST="10.1.2.3").status_code == 200
    assert client.get("/om/").status_code == 301


@pytest.mark.parametrize("path", HEALTH)
def test_health_checks_allow_get_and_head_only(client, db, path):
    assert client.post(path).status_code == 405
