"""Health checks are answered whatever host they are asked for; nothing else is."""

from __future__ import annotations

import pytest

HEALTH = ["/healthz", "/readyz"]
HOSTS = ["10.1.2.3", "10.1.2.3:8000", "[fd00::7]:8000", "web-7f9c.pods.internal", "", "evil.example", "a b", "æ"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", HEALTH)
def test_a_probe_by_the_pods_address_is_answered(client, db, own_index, path, host):
    assert client.get(path, HTTP_HOST=host).status_code == 200
    assert client.head(path, HTTP_HOST=host).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/om/", "/logg-inn/", "/admin/", "/robots.txt", "/healthz/", "/healthz/x", "//healthz", "/Healthz"]
)
def test_nothing_else_is(client, db, path):
    assert client.get(path, HTTP_HOST="10.1.2.3").status_code in {400, 404}
    assert client.get("/", HTTP_HOST="10.1.2.3").status_code == 400


@pytest.mark.parametrize("path", HEALTH)
def test_a_probe_without_tls_is_not_sent_to_https(client, db, own_index, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path, HTTP_HOST="10.1.2.3").status_code == 200
    assert client.get("/om/").status_code == 301


@pytest.mark.parametrize("path", HEALTH)
def test_a_health_check_is_only_read(client, db, path):
    assert client.post(path).status_code == 405
