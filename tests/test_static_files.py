"""Static files: the middleware's list of them, which test clients share, and addresses that are no files."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from jobsearch.core import staticfiles
from jobsearch.core.staticfiles import VersionedStaticFilesMiddleware


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
