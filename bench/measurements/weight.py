"""Transfer size of a first visit: the page and all files of the site that it loads."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from urllib.parse import urljoin

from bench.harness import datasets, site
from bench.harness.protocol import Case, Measurement, Options, Sample

from .pages import SITE, Site, provide_folders, serve

KINDS = ("home", "results", "ad", "landing", "employer")
PLAIN, COMPRESSED = "plain", "compressed"


class _Files(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_file = tag == "link" and "canonical" not in (values.get("rel") or "")
        wanted = values.get("src") or (values.get("href") if is_file else "")
        if wanted and "alternate" not in (values.get("rel") or ""):
            self.found.append(wanted)


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    folder = provide_folders(options, datasets.provide_feed_ads(options.data, ads))[SITE]
    listing = Site(site.ROOT, folder)
    listing.close()
    with serve(site.ROOT, folder) as (port, _pid):
        for kind in KINDS:
            url = f"http://127.0.0.1:{port}{listing.addresses[kind][0]}"
            sizes = {name: partial(weigh, url, compressed=name == COMPRESSED) for name in (PLAIN, COMPRESSED)}
            yield Case(kind, sizes, baseline=PLAIN)


def weigh(url: str, *, compressed: bool) -> list[Sample]:
    weight, content = fetch(url, compressed)
    page = _Files()
    page.feed(content.decode())
    files = [fetch(urljoin(url, name), compressed)[0] for name in dict.fromkeys(page.found)]
    return [Sample((weight + sum(files)) / 1000, None, {"page alone": weight / 1000, "files": len(files)})]


def fetch(url: str, compressed: bool) -> tuple[int, bytes]:
    """Transferred bytes and content. Raises requests.HTTPError for an error page."""
    import requests

    headers = {"Accept-Encoding": "gzip" if compressed else "identity"}
    answer = requests.get(url, headers=headers, stream=True, timeout=30)
    answer.raise_for_status()
    raw = answer.raw.read(decode_content=False)
    answer.raw.close()
    return len(raw), gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw


MEASUREMENT = Measurement(
    name="weight",
    title="Weight of a first visit",
    sample="a page and the files of the site that it loads",
    baseline="the same without compression",
    make_cases=make_cases,
    unit="kB",
    rounds=1,
    warm_up=0,
)
