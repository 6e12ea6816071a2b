"""Headers of responses: entity tags of pages, times for administrators, and how long browsers keep static files."""

from __future__ import annotations

import gzip
import re
from contextlib import closing

import pytest
from django.contrib.auth import get_user_model
from django.templatetags.static import static
from django.test import Client
from rcssmin import cssmin

from tests.web.support import closed

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(db):
    return get_user_model().objects.create_user("ada", password="et passord som er langt nok", is_staff=True)


@pytest.mark.parametrize("address", ["/", "/?q=sykepleier", "/jobb/bergen/"])
def test_a_page_that_the_visitor_has_is_not_sent_again(client, ads, address):
    made = ads({"title": "Sykepleier"}, {"title": "Kokk"})
    first = client.get(address)
    assert first.status_code == 200 and first["ETag"].startswith('W/"')
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    closed(made[0])  # what has ended is gone from the page at once
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_a_page_with_a_form_of_another_secret_is_sent_again(ads):
    ads()
    first, other = Client(), Client()
    tag = first.get("/")["ETag"]
    assert first.get("/", headers={"If-None-Match": tag}).status_code == 304
    assert other.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_compressed_pages_have_entity_tags_too(client, ads):
    ads()
    tag = client.get("/", headers={"Accept-Encoding": "gzip"})["ETag"]
    assert client.get("/", headers={"Accept-Encoding": "gzip", "If-None-Match": tag}).status_code == 304


def test_no_entity_tag_where_nothing_may_be_kept_or_someone_is_logged_in(client, ads, recruiter):
    made = ads()
    for address in (f"/stilling/{made[0]}/", "/forslag/?q=sy", "/filter/place/"):
        assert not client.get(address).has_header("ETag"), address
    client.force_login(recruiter)
    assert not client.get("/").has_header("ETag")


def test_only_administrators_see_how_long_the_parts_took(client, ads, recruiter, administrator):
    ads()
    assert not client.get("/").has_header("Server-Timing")
    client.force_login(recruiter)
    assert not client.get("/").has_header("Server-Timing")
    client.force_login(administrator)
    header = client.get("/?q=sykepleier")["Server-Timing"]
    parts = dict(re.findall(r'(\w+);dur=[\d.]+;desc="(\d+)"', header))
    assert parts.keys() == {"engine", "database", "render", "total"}
    assert parts["render"] == parts["total"] == "1" and int(parts["database"]) >= 2


def test_everyone_sees_them_with_debug(client, ads, settings):
    ads()
    settings.DEBUG = True
    assert "engine;dur=" in client.get("/")["Server-Timing"]


def test_a_static_file_is_kept_for_a_year_under_its_checksum_alone(client):
    url = static("css/base.css")
    assert client.head(url)["Cache-Control"] == "max-age=31536000, public, immutable"
    for other in (url.partition("?")[0], url.partition("?")[0] + "?v=0000000000"):
        assert client.head(other)["Cache-Control"] == "max-age=86400, public", other


def test_a_static_file_is_compressed_without_comments(client):
    url = static("css/base.css")
    with closing(client.get(url)) as uncompressed:
        whole = uncompressed.getvalue().decode()
    response = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip" and "Accept-Encoding" in response["Vary"]
    assert gzip.decompress(response.content) == cssmin(whole).encode() and "/*" in whole and "/*" not in cssmin(whole)
    assert int(response["Content-Length"]) == len(response.content)
    tag = response["ETag"]
    assert client.get(url, headers={"Accept-Encoding": "gzip", "If-None-Match": tag}).status_code == 304
    head = client.head(url, headers={"Accept-Encoding": "gzip"})
    assert head.status_code == 200 and not head.getvalue()
