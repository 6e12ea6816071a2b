"""Parsed page: tests read elements, not strings."""

from __future__ import annotations

from lxml import html


class Page:
    def __init__(self, response) -> None:
        self.response = response
        self.root = html.fromstring(response.content, parser=html.HTMLParser(encoding="utf-8"))

    def all(self, path: str) -> list:
        return self.root.xpath(path)

    def one(self, path: str):
        found = self.root.xpath(path)
        assert len(found) == 1, f"{path}: {len(found)} found"
        return found[0]

    def text(self, path: str = "//main") -> str:
        return " ".join(" ".join(element.text_content() for element in self.root.xpath(path)).split())

    @property
    def h1(self) -> str:
        return self.text("//h1")

    @property
    def total(self) -> int:
        return int(self.one("//*[@data-total]").get("data-total"))

    @property
    def titles(self) -> list[str]:
        return [link.text_content().strip() for link in self.all("//ol[@class='cards']//article//a")]
