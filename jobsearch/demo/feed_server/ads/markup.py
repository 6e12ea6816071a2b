"""HTML of job ads: lists, headings and line breaks in the styles of different editors."""

from collections.abc import Iterable
from random import Random

_NBSP = "<p>&nbsp;</p>"


def escape(text: str) -> str:
    """Escapes text for HTML; quotation marks stay, as outside attributes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


class HtmlWriter:
    """Writes paragraphs, headings and lists in the style of one advertiser."""

    def __init__(self, random: Random, sanitised: bool) -> None:
        """`sanitised`: the text has passed NAV's import API, which writes @ and + as character references."""
        self._random = random
        roll = random.random()
        self._list = "li-p" if roll < 0.285 else "br" if roll < 0.365 else "glyph" if roll < 0.45 else "li"
        self._glyph = random.choice("·•·•-")
        self._heading = random.choice(("h2", "h3", "strong", "strong", "strong", "b", "strong-colon", "u"))
        self._capitals = random.random() < 0.55
        self._spaced = random.random() < 0.22
        self._references = sanitised and random.random() < 0.6
        self._flat = random.random() < 0.03

    def paragraph(self, text: str) -> str:
        """Writes a paragraph; sometimes with nested blocks, or followed by an empty one."""
        body = escape(text)
        if self._flat:
            return f"{body}<br><br>"
        if self._random.random() < 0.004:
            first, _, rest = body.partition(". ")
            return f"<div>{first}.<p>{rest}</p></div>" if rest else f"<p>{body}</p>"
        return f"<p>{body}</p>{_NBSP}" if self._spaced else f"<p>{body}</p>"

    def heading(self, text: str) -> str:
        """Writes a heading, usually a bold paragraph."""
        body = escape(text)
        if self._heading in ("h2", "h3"):
            return f"<{self._heading}>{body}</{self._heading}>"
        if self._heading == "strong-colon":
            return f"<p><strong>{body}:</strong></p>"
        if self._heading == "u":
            return f"<p><strong><u>{body}</u></strong></p>"
        return f"<p><{self._heading}>{body}</{self._heading}></p>"

    def bullets(self, items: Iterable[str]) -> str:
        """Writes a list in this style."""
        lines = [escape(_capitalise(item) if self._capitals else item) for item in items]
        if self._list == "br":
            return "<p>" + "<br>".join(f"- {line}" for line in lines) + "</p>"
        if self._list == "glyph":
            return "".join(f"<p>{self._glyph} {line}</p>" for line in lines)
        if self._list == "li-p":
            return "<ul>" + "".join(f"<li><p>{line}</p></li>" for line in lines) + "</ul>"
        return "<ul>\n" + "".join(f"<li>{line}</li>\n" for line in lines) + "</ul>"

    def table(self, rows: Iterable[tuple[str, str]]) -> str:
        """Writes a small table."""
        cells = "".join(f"<tr><td>{escape(left)}</td><td>{escape(right)}</td></tr>" for left, right in rows)
        return f"<table><tbody>{cells}</tbody></table>"

    def finish(self, html: str) -> str:
        """The HTML as the feed sends it."""
        if self._references:
            html = html.replace("@", "&#64;").replace("+", "&#43;")
        return html


def section(name: str, heading: str, body: str) -> str:
    """Writes a section of an ad from NAV's own form."""
    return f'<section id="arb-{name}"><h2>{heading}</h2>{body}</section>'
