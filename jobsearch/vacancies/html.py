"""HTML from employers: sanitising with an allow-list and limits, and plain text from HTML with blocks on separate lines."""

from __future__ import annotations

import re
from collections.abc import Collection

import nh3

from jobsearch.core import characters
from jobsearch.core.text_values import is_blank_value, unescape_html

from . import html_tokenizer, links

_ANY_HEADING = re.compile(r"<(/?)h([1-6])>")
_ANY_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*+)[^<>]*+>")
# Tags in the form in which `sanitise_html` writes them.
_ATTRIBUTES = r'(?: [a-z]+="[^"<>]*+")*+'
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(html_tokenizer.BLOCKS & html_tokenizer.TAGS, reverse=True))}){_ATTRIBUTES}>")
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(html_tokenizer.TAGS - html_tokenizer.BLOCKS, reverse=True))}){_ATTRIBUTES}>")
_LINK = re.compile(r'<a href="([^"]*)"')

_cleaner = nh3.Cleaner(
    tags=html_tokenizer.TAGS,
    clean_content_tags=html_tokenizer.INVISIBLE,
    attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener noreferrer",
    strip_comments=True,
)


def sanitise_html(value: str) -> str:
    """Safe HTML that a page can show unchanged: only allowed elements and safe links, no element without text.

    Called once, when an ad is stored. `html_tokenizer` limits length, number of elements and depth; nh3 decides what is safe.
    Returns "" for a text without content: no letter or digit, or a program's word for no value. An `h1` becomes `h2`.
    """
    if not value or not value.strip():
        return ""
    clean = _cleaner.clean(html_tokenizer.limit_html(value, links.sanitise_href)).strip()
    return "" if is_blank_value(extract_text(clean[:200])) and is_blank_value(extract_text(clean)) else clean


def nest_headings(value: str, level: int) -> str:
    """Sanitised HTML with its headings renumbered to come below a heading of `level`, without skipped levels.

    Employers choose headings by size: an `h4` first, or an `h2` next to the page's own. Their order of levels is kept.
    """
    above: list[int] = []
    opened: list[int] = []

    def renumber(match: re.Match[str]) -> str:
        end, own = match.group(1), int(match.group(2))
        if end:
            return f"</h{opened.pop()}>" if opened else ""
        while above and above[-1] >= own:
            above.pop()
        above.append(own)
        opened.append(min(level + len(above), 6))
        return f"<h{opened[-1]}>"

    return _ANY_HEADING.sub(renumber, value)


def keep_tags(value: str, tags: Collection[str]) -> str:
    """Sanitised HTML reduced to the elements `tags`, without attributes; the text of all elements stays, blocks become spaces."""

    def replace_tag(match: re.Match[str]) -> str:
        end, name = match.groups()
        if name in tags:
            return f"<{end}{name}>"
        return " " if name in html_tokenizer.BLOCKS else ""

    return _ANY_TAG.sub(replace_tag, value)


def list_links(value: str) -> list[str]:
    """The URLs that sanitised HTML links to."""
    return [link.replace("&amp;", "&") for link in _LINK.findall(value)]


def extract_text(value: str) -> str:
    """Plain text of HTML, one line for each block, character references resolved once: `&lt;b&gt;` becomes `<b>`."""
    if not value or not value.strip():
        return ""
    value = value[: html_tokenizer.SOURCE]
    text = _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", value))
    # Sanitised HTML has no other "<". That is nearly every call, and this way is several times as fast.
    text = _extract_from_tokens(value) if "<" in text else unescape_html(text)
    lines = (" ".join(line.split()) for line in characters.clean_text(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _extract_from_tokens(value: str) -> str:
    parts: list[str] = []
    for token in html_tokenizer.tokenise_html(value):
        if not token.name:
            parts.append(token.text)
        elif token.name in html_tokenizer.BLOCKS:
            parts.append("\n")
    return "".join(parts)
