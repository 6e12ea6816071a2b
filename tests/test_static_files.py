"""Static files: the middleware's list of them, which test clients share, addresses that are no files, and what is left out."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse

from jobsearch.core import staticfiles
from jobsearch.core.staticfiles import VersionedStaticFilesMiddleware, VersionedStaticFilesStorage

ROOT = Path(__file__).resolve().parents[1]


def make_middleware() -> VersionedStaticFilesMiddleware:
    return VersionedStaticFilesMiddleware(lambda request: HttpResponse())


def read_max_age(middleware: VersionedStaticFilesMiddleware) -> set[str]:
    return {dict(file.get_response("HEAD", {}).headers)["Cache-Control"] for file in middleware.files.values()}


def test_two_handlers_have_the_same_files():
    one, other = make_middleware(), make_middleware()
    assert len(one.files) > 100
    assert one.files == other.files and one.files is not other.files


def test_handlers_with_other_settings_have_their_own_headers(settings):
    before = read_max_age(make_middleware())
    settings.WHITENOISE_MAX_AGE = 77
    assert read_max_age(make_middleware()) == {"max-age=77, public"} != before
    settings.WHITENOISE_USE_FINDERS = False
    assert make_middleware().files == {}


@pytest.mark.parametrize(
    "path", ["", "css/", "css", "..", "../manage.py", "%2e%2e/manage.py", "finnes-ikke.css", "css/base.css%00", "%FF"]
)
def test_an_address_that_is_no_file_is_not_found_and_is_not_remembered(client, db, path):
    """A folder was read as a file, and each invented name stayed in a cache without limit."""
    for version in ("", "?v=0"):
        assert client.get(f"/static/{path}{version}").status_code in {400, 404}
    remembered = staticfiles._hash_once.cache_info().currsize  # the versions of the error page's own files
    assert client.get(f"/static/other/{path}?v=0").status_code in {400, 404}
    assert staticfiles._hash_once.cache_info().currsize == remembered


def read_compressed(client, name: str) -> str:
    """The file as a browser receives it."""
    response = client.get(VersionedStaticFilesStorage().url(name), headers={"accept-encoding": "gzip"})
    return gzip.decompress(response.content).decode()


def test_scripts_and_style_sheets_of_the_site_are_sent_without_comments(client):
    own = [path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".js"}]
    assert len(own) > 40
    for path in own:
        sent = read_compressed(client, str(path.relative_to(ROOT / "static")))
        assert len(sent) < 0.9 * len(path.read_text())
        assert not re.search(r"/\*|^\s*//|^\s", sent, re.MULTILINE), path


@pytest.mark.parametrize("name", ["admin/js/vendor/jquery/jquery.js", "admin/css/base.css", "django_htmx/htmx-2.min.js"])
def test_files_of_packages_are_sent_as_they_are(client, name):
    path = finders.find(name)
    assert isinstance(path, str)
    assert read_compressed(client, name) == Path(path).read_text()


def test_a_comment_with_a_licence_stays(client, settings, tmp_path):
    for file in ("licensed.css", "licensed.js"):
        (tmp_path / file).write_text("/*! MIT */\n/* why */\n" + "a { color : red }\n" * 50)
    settings.STATICFILES_DIRS = [tmp_path]
    for file in ("licensed.css", "licensed.js"):
        sent = staticfiles._minify(tmp_path / file, (tmp_path / file).read_bytes()).decode()
        assert "/*! MIT */" in sent and "why" not in sent
