"""The list of static files that test clients share is that of each middleware's own settings."""

from __future__ import annotations

from django.http import HttpResponse

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
