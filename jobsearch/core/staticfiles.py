"""Static files: URLs that change with the file's content, and responses that browsers keep."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path

import rcssmin
import rjsmin
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix
from django.utils.cache import get_conditional_response, patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware

_GZIP = re.compile(r"\bgzip\b")  # as Django's middleware reads the header
MAX_COMPRESSED = 2_000_000  # bytes of a file that is compressed
MINIFIERS = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}


_urls: dict[tuple[str, str, str | None], str] = {}


class VersionedStaticFilesStorage(StaticFilesStorage):
    """Adds a part of the file's checksum to its URL, so that after an upgrade no browser runs an old script from its cache.

    Django's ManifestStaticFilesStorage does the same with the file's name, but needs a collectstatic step between a clone and
    a running site, and answers 500 where that step is missing.
    """

    def url(self, name: str | None) -> str:
        if settings.DEBUG:
            return self._build_url(name, _hash(name or ""))
        key = (get_script_prefix(), settings.STATIC_URL, name)
        url = _urls.get(key)
        if url is None:  # a page has fifteen files; their names are those of the templates, so there are few
            url = _urls[key] = self._build_url(name, _hash_once(name or ""))
        return url

    def _build_url(self, name: str | None, version: str) -> str:
        url = super().url(name)
        return f"{url}?v={version}" if version else url


def _hash(name: str) -> str:
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10] if isinstance(path, str) else ""


_hash_once = cache(_hash)


class VersionedStaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise has no type hints
    """WhiteNoise that lets browsers keep a file for a year where its URL has the file's checksum, and compresses it only once.

    What is compressed has no comments and no indentation, where the file is the site's own.

    A file at a URL without checksum, or with that of another version, is kept for `WHITENOISE_MAX_AGE`.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = request.path_info.removeprefix(self.static_prefix)
        is_static = name != request.path_info and not self.autorefresh
        # The files first: finders raise errors for folders and for paths out of them, and each name would stay in the cache.
        if not is_static or request.path_info not in self.files or request.GET.get("v") != _hash_once(name):
            response: HttpResponseBase = super().__call__(request)
            return response
        wants_whole = request.method == "GET" and not request.headers.get("Range")
        content = _compress_once(name) if wants_whole and _accepts_gzip(request) else b""
        response = self._respond_compressed(request, content) if content else super().__call__(request)
        response["Cache-Control"] = "max-age=31536000, public, immutable"
        return response

    def _respond_compressed(self, request: HttpRequest, content: bytes) -> HttpResponse:
        # The headers of the file as it is, without opening it.
        headers = dict(self.files[request.path_info].get_response("HEAD", {}).headers)
        etag = headers["ETag"] = f"W/{headers['ETag']}"
        headers |= {"Content-Encoding": "gzip", "Content-Length": str(len(content))}
        response = HttpResponse(content, headers=headers)
        patch_vary_headers(response, ["Accept-Encoding"])
        return get_conditional_response(request, etag=etag, response=response) or response


def _accepts_gzip(request: HttpRequest) -> bool:
    return bool(_GZIP.search(request.headers.get("Accept-Encoding", "")))


@lru_cache(maxsize=256)
def _compress_once(name: str) -> bytes:
    """The file compressed as well as possible; b"" for a file that becomes hardly smaller, such as an image."""
    path = finders.find(name)
    if not isinstance(path, str) or Path(path).stat().st_size > MAX_COMPRESSED:
        return b""
    whole = Path(path).read_bytes()
    compressed = gzip.compress(_minify(Path(path), whole), 9, mtime=0)
    return compressed if len(compressed) < len(whole) * 0.95 else b""


def _minify(path: Path, content: bytes) -> bytes:
    """A style sheet or script of the site without comments and indentation; a file of a package as it is, with its licence."""
    minify = MINIFIERS.get(path.suffix)
    if not minify or not any(path.is_relative_to(folder) for folder in settings.STATICFILES_DIRS):
        return content
    minified: str = minify(content.decode(), keep_bang_comments=True)  # those that begin with /*! are licences
    return minified.encode()
