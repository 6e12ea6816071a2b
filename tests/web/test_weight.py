"""Page weight: the transferred bytes of a page and its files, and caching of files."""

from __future__ import annotations

import gzip
import random
import re
from pathlib import Path

import pytest

from jobsearch.core.staticfiles import VersionedStaticFilesStorage

from .page import Page

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 68_000  # bytes, compressed, the page and all its files
TEXT = "Vi søker en engasjert kollega som trives med ansvar varierte oppgaver turnus natt helg og godt arbeidsmiljø hos oss"


def _travels(client, address: str) -> tuple[int, bytes]:
    response = client.get(address, headers={"accept-encoding": "gzip"})
    assert response.status_code == 200
    raw = b"".join(response)
    assert response["Content-Encoding"] == "gzip" and "Accept-Encoding" in response["Vary"], address
    return len(raw), gzip.decompress(raw)


@pytest.mark.parametrize("address", ["/", "/?q=sykepleier&size=100", "/om/"])
def test_page_and_its_files_are_below_68_kilobytes(client, ads, address):
    words = TEXT.split()
    chance = random.Random(1)
    ads(
        *(
            {"title": f"Sykepleier {' '.join(chance.sample(words, 4))}", "description": f"<p>{' '.join(words)} {n}</p>"}
            for n in range(100)
        )
    )
    page, content = _travels(client, address)

    class Response:
        pass

    Response.content = content
    found = Page(Response)
    files = {
        *found.all("//link[@rel='stylesheet']/@href"),
        *found.all("//script/@src"),
        *found.all("//link[@rel='preload']/@href"),
    }
    assert len(files) >= 6
    weights = {name: _travels(client, name)[0] for name in files}
    assert page + sum(weights.values()) < LIMIT, (page, weights)


def test_scripts_are_deferred(client, ads):
    ads()
    for script in Page(client.get("/")).all("//script[@src]"):
        assert "defer" in script.attrib or script.get("type") == "module"


def test_address_of_a_static_file_changes_with_its_content(tmp_path, settings):
    settings.STATICFILES_DIRS, settings.DEBUG = [tmp_path], True
    from django.contrib.staticfiles import finders

    finders.get_finder.cache_clear()
    try:
        (tmp_path / "own.css").write_text("a{}")
        first = VersionedStaticFilesStorage().url("own.css")
        (tmp_path / "own.css").write_text("b{}")
        second = VersionedStaticFilesStorage().url("own.css")
    finally:
        finders.get_finder.cache_clear()
    assert first != second and first.partition("?v=")[0] == second.partition("?v=")[0] == "/static/own.css"
    assert VersionedStaticFilesStorage().url("no-such-file.css") == "/static/no-such-file.css"


def test_preloaded_font_is_the_one_of_the_style_sheet(client, ads):
    """With another address the browser would load the font twice."""
    [preload] = Page(client.get("/")).all("//link[@rel='preload']")
    [used] = re.findall(r'url\("\.\./(.*?)"\)', (ROOT / "static/css/tokens.css").read_text())
    assert preload.get("href") == f"/static/{used}" and preload.get("as") == "font" and preload.get("crossorigin") is not None
    response = client.get(preload.get("href"))
    font = b"".join(response)
    assert response["Content-Type"] == "font/woff2" and font[:4] == b"wOF2" and len(font) < 14_000
    assert (ROOT / "static/fonts/LICENSE.txt").read_text().find("SIL OPEN FONT LICENSE") >= 0


def test_every_icon_is_in_the_sprite(client, ads):
    sprite = (ROOT / "templates/web/_icons.html").read_text()
    names = re.findall(r'<symbol id="i-([\w-]+)"', sprite)
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    assert set(re.findall(r'href="#i-([\w-]+)"', templates)) <= set(names)
    assert len(names) == len(set(names)) and len(names) <= 24
