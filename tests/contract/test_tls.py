"""TLS and passwords: correct ones work, and errors for wrong ones name the remedy."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from jobsearch.search.api import EngineDown, SearchQuery, search
from jobsearch.search.engines import engine_health, registry
from jobsearch.search.indexing import compare, index_changes

from . import tls

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return tls.certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def proxied(engine, settings, certificates):
    """A function that sets SEARCH_URL to the engine behind the proxy."""
    with tls.proxy(settings.SEARCH_URL, certificates[1]) as port:

        def point(password: str = tls.PASSWORD) -> None:
            registry.forget_engines()
            settings.SEARCH_URL = f"https://{tls.USER}:{quote(password, safe='')}@127.0.0.1:{port}"

        direct = settings.SEARCH_URL
        yield point
        registry.forget_engines()
        settings.SEARCH_URL = direct  # the cleanup goes directly to the node


ON_A_NODE = pytest.mark.parametrize("engine", [pytest.param("opensearch-2.19", marks=pytest.mark.opensearch)], indirect=True)


@ON_A_NODE
def test_a_private_ca_and_a_password_work(proxied, make_vacancy, monkeypatch, certificates):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates[0]))
    proxied()
    make_vacancy()
    assert index_changes().rebuilt
    assert search(SearchQuery(q="sykepleier")).total == 1
    assert compare() == []
    assert engine_health().ok


@ON_A_NODE
def test_a_wrong_password_is_reported_without_repeating_it(proxied, monkeypatch, certificates):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates[0]))
    proxied("hemmelig")
    for ask in (lambda: search(SearchQuery()), index_changes):
        with pytest.raises(EngineDown, match=r"refuses the user or the password of SEARCH_URL.*%40") as raised:
            ask()
        assert "hemmelig" not in str(raised.value)
    assert not engine_health().ok


@ON_A_NODE
def test_an_untrusted_certificate_is_reported(proxied, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    proxied()
    for ask in (lambda: search(SearchQuery()), index_changes):
        with pytest.raises(EngineDown, match=r"certificate is not trusted.*SSL_CERT_FILE"):
            ask()
    assert "SSL_CERT_FILE" in engine_health().detail
