"""HTML from employers: what of it is shown (an allow-list, bounded), and the plain text of it (blocks kept apart)."""

from __future__ import annotations

import re
from collections.abc import Collection

import nh3

from jobsearch.core import characters
from jobsearch.core.text_values import is_blank_value, unescape_html

from . import html_tokenizer, links

_ANY_HEADING = re.compile(r"<(/?)h([1-6])>")
_ANY_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*+)[^<>]*+>")
# Tags as `sanitise` writes them.
_ATTRIBUTES = r'(?: [a-z]+="[^"<>]*+")*+'
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(html_tokenizer.BLOCKS & html_tokenizer.TAGS, reverse=True))}){_ATTRIBUTES}>")
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(html_tokenizer.TAGS - html_tokenizer.BLOCKS, reverse=True))}){_ATTRIBUTES}>")
_LINK = re.compile(r'<a href="([^"]*)"')

_cleaner = nh3.Cleaner(
    tags=html_tokenizer.TAGS,
    clean_content_tags=html_tokenizer.UNSEEN,
    attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener noreferrer",
    strip_comments=True,
)


def sanitise_html(value: str) -> str:
    """The HTML that a page may show as it is: only allowed elements, only safe links, no element without text.

    Called once, when an ad is stored. Bounded in length, elements and depth by `markup`; nh3 decides what is safe.
    "" where the text says nothing: no letter or digit, or a program's word for no value. An employer's `h1` becomes `h2`.
    """
    if not value or not value.strip():
        return ""
    clean = _cleaner.clean(html_tokenizer.limit_html(value, links.sanitise_href)).strip()
    return "" if is_blank_value(extract_text(clean[:200])) and is_blank_value(extract_text(clean)) else clean


def nest_headings(value: str, level: int) -> str:
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


def keep_tags(value: str, tags: Collection[str]) -> str:
    """Sanitised HTML with these elements only, without attributes; the text of others stays, a blank around blocks."""

    def kept(match: re.Match[str]) -> str:
        end, name = match.groups()
        if name in tags:
            return f"<{end}{name}>"
        return " " if name in html_tokenizer.BLOCKS else ""

    return _ANY_TAG.sub(kept, value)


def list_links(value: str) -> list[str]:
    """The addresses that sanitised HTML links to."""
    return [link.replace("&amp;", "&") for link in _LINK.findall(value)]


def extract_text(value: str) -> str:
    """The text of HTML, a line for each block, entities resolved once: `&lt;b&gt;` stays the letters `<b>`."""
    if not value or not value.strip():
        return ""
    value = value[: html_tokenizer.SOURCE]
    text = _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", value))
    # What `sanitise` gave has no other "<": nearly every call, and several times as fast.
    text = _read_tokens(value) if "<" in text else unescape_html(text)
    lines = (" ".join(line.split()) for line in characters.clean_text(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _read_tokens(value: str) -> str:
    parts: list[str] = []
    for token in html_tokenizer.tokenise_html(value):
        if not token.name:
            parts.append(token.text)
        elif token.name in html_tokenizer.BLOCKS:
            parts.append("\n")
    return "".join(parts)
