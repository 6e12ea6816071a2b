"""Transfer size of a first visit to each page: the page and all files of the site that it loads, compressed.

python bench/weight.py http://127.0.0.1:8000 / "/?q=sykepleier" /stilling/<uuid>/
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class _Files(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        wanted = values.get("src") or (
            values.get("href") if tag == "link" and "canonical" not in (values.get("rel") or "") else ""
        )
        if wanted and "alternate" not in (values.get("rel") or ""):
            self.found.append(wanted)


def fetch(url: str) -> tuple[int, bytes]:
    """Fetches a URL; returns its transferred bytes and its content. Raises requests.HTTPError for an error page."""
    answer = requests.get(url, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=30)
    answer.raise_for_status()
    raw = answer.raw.read(decode_content=False)
    answer.raw.close()
    content = raw
    if answer.headers.get("Content-Encoding") == "gzip":
        import gzip

        content = gzip.decompress(raw)
    return len(raw), content


def main(base: str, addresses: list[str]) -> None:
    for address in addresses or ["/"]:
        weight, content = fetch(urljoin(base, address))
        page = _Files()
        page.feed(content.decode())
        files = {name: fetch(urljoin(base, name))[0] for name in dict.fromkeys(page.found)}
        print(f"{address}: {(weight + sum(files.values())) / 1000:.1f} kB (page {weight / 1000:.1f}, {len(files)} files)")
        for name, size in files.items():
            print(f"    {size / 1000:6.1f} kB  {name.partition('?')[0]}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
