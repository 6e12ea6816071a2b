"""HTML from employers: what of it is shown (an allow-list), and the plain text of it (blocks kept apart)."""

from __future__ import annotations

import re

import nh3
from lxml import etree

from .text_values import printable, safe_link

# What NAV's own import allows: formatting, blocks, lists, links and tables. No id, class, style, image or form.
_TAGS = set(
    "a abbr b blockquote br caption cite code dd del div dl dt em h2 h3 h4 h5 h6 hr i ins kbd li ol p pre q s section small "
    "span strong sub sup table tbody td tfoot th thead tr u ul".split()
)
_BLOCKS = {
    *"address article aside blockquote body br caption dd div dl dt footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre".split(),
    *"section table tbody td tfoot th thead tr ul".split(),
}
_UNSEEN = {"script", "style", "template", "noscript", "title", "iframe", "object", "svg", "math", "textarea", "select"}
_HEADING = re.compile(r"<(/?)h1\b", re.IGNORECASE)
_ANY_HEADING = re.compile(r"<(/?)h([1-6])>")
_EMPTY = re.compile(r"<(p|div|li|h[2-6])>(?:\s|&nbsp;|\xa0|<br\s*/?>)*</\1>")
HTML_LENGTH = 200_000  # characters kept of one description; the longest real ones are about a tenth of it


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "a" and name == "href":
        return (value if value.startswith("tel:") else safe_link(value)) or None
    return value


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_UNSEEN - {"title"},
    attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener noreferrer",
    strip_comments=True,
)


def sanitise(value: str) -> str:
    """The HTML that a page may show as it is: only allowed elements, only safe links, no empty paragraphs.

    An employer's `h1` becomes `h2`: the page has its own.
    """
    if not value or not value.strip():
        return ""
    value = _HEADING.sub(r"<\1h2", printable(value[:HTML_LENGTH]))
    return _EMPTY.sub("", _cleaner.clean(value)).strip()


def under_heading(value: str, level: int) -> str:
    """Sanitised HTML with its headings moved to lie under a heading of that level, none of them skipping one.

    Employers choose headings by their size: an `h4` first, or an `h2` beside the page's own. What is above what is kept.
    """
    above: list[int] = []
    opened: list[int] = []

    def moved(match: re.Match[str]) -> str:
        end, own = match.group(1), int(match.group(2))
        if end:
            return f"</h{opened.pop()}>" if opened else ""
        while above and above[-1] >= own:
            above.pop()
        above.append(own)
        opened.append(min(level + len(above), 6))
        return f"<h{opened[-1]}>"

    return _ANY_HEADING.sub(moved, value)


def to_text(value: str) -> str:
    """The text of HTML, a line for each block, entities resolved once: `&lt;b&gt;` stays the letters `<b>`."""
    if not value or not value.strip():
        return ""
    try:
        root = etree.HTML(f"<div>{printable(value[:HTML_LENGTH])}</div>", _parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return " ".join(printable(value).split())
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in {"comment", "pi"}:
            parts.append(element.tail or "")
            continue
        block = element.tag in _BLOCKS
        if event == "start":
            if block:
                parts.append("\n")
            if element.tag not in _UNSEEN and element.text:
                parts.append(element.text)
        else:
            if block:
                parts.append("\n")
            if element.tail and not _inside_unseen(element):
                parts.append(element.tail)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _parser() -> etree.HTMLParser:
    # One for each call: a parser may not be shared between threads, and making one costs microseconds.
    return etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding=None)


def _inside_unseen(element: etree._Element) -> bool:
    above = element.getparent()
    return above is not None and above.tag in _UNSEEN
