"""Linear HTML tokenizer and tree limiter: hostile markup becomes a well-formed fragment of bounded size and depth.

HTML5 parsers are quadratic in the depth of a document (22,000 nested lists take them 3.5 s), and they multiply misnested
formatting. Here every start tag gets an end tag before a parser reads the text, nothing is nested deeper than `DEPTH`, and
work stops at `ELEMENTS` or `LENGTH`. Which elements and links are safe to show is decided by `html.sanitise_html`, not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from jobsearch.core import characters
from jobsearch.core.text_values import unescape_html

SOURCE = 400_000  # characters read; the longest real description has about 20,000
LENGTH = 100_000  # characters written
ELEMENTS = 4_000
DEPTH = 30

VOID = {"br", "hr"}
TAGS = set(
    "a abbr b blockquote br caption cite code dd del div dl dt em h2 h3 h4 h5 h6 hr i ins kbd li ol p pre q s section small "
    "span strong sub sup table tbody td tfoot th thead tr u ul".split()
)
BLOCKS = {
    *"address article aside blockquote body br caption center dd div dl dt fieldset figcaption figure footer form".split(),
    *"h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split(),
}
INVISIBLE = {
    *"script style template noscript title iframe object svg math textarea select noembed noframes xmp audio video".split(),
    *"canvas applet".split(),
}
"""Elements whose content is not text of the page."""

_RENAMED = {"h1": "h2"}  # the page has its own h1
_TABLE_PARTS = {"caption", "tbody", "tfoot", "thead", "tr", "td", "th"}
_BETWEEN_CELLS = {"table", "tbody", "tfoot", "thead", "tr"}
_HEADINGS = {f"h{level}" for level in range(1, 7)}
# element: (open elements that it closes, elements at which the search for them stops).
_CLOSES: dict[str, tuple[set[str], set[str]]] = {
    "li": ({"li"}, {"ul", "ol", "td", "th"}),
    "dt": ({"dt", "dd"}, {"dl", "td", "th"}),
    "dd": ({"dt", "dd"}, {"dl", "td", "th"}),
    "a": ({"a"}, {"td", "th", "table"}),
    "td": ({"td", "th"}, {"table", "tr"}),
    "th": ({"td", "th"}, {"table", "tr"}),
    "tr": ({"tr", "caption"}, {"table", "tbody", "thead", "tfoot"}),
    **dict.fromkeys(("tbody", "thead", "tfoot", "caption"), ({"tbody", "thead", "tfoot", "caption"}, {"table"})),
}
_CLOSES_P = (BLOCKS & TAGS) - VOID - _TABLE_PARTS | {"hr"}
_CELL = {"td", "th", "caption"}
_KEPT_EMPTY = _TABLE_PARTS  # an empty cell keeps the columns aligned

# A quoted value ends at the next "<" at the latest: otherwise each unclosed quote is read to the end of the text again.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?=[\s/>])((?:[^<>\"']|\"[^<\"]*+\"|'[^<']*+')*+)>")
_TAG_AROUND_MARKUP = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?=[\s/>])((?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>")
_AROUND_MARKUP, _AROUND_MARKUP_LENGTH = 50, 2_000
"""Limits for tags with "<" inside a quoted value: tags of one document, and characters of each tag."""

_LOOSE_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]{0,30})([^<>]*+)>")
_CUT_OFF = re.compile(r"</?[a-zA-Z!?][^<>]*+\Z")
_ATTRIBUTE = re.compile(r"""(?<![^\s/"'])([a-zA-Z]{1,20})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_END_OF = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE | re.ASCII) for name in INVISIBLE}


class Token(NamedTuple):
    """A piece of text (`name` is ""), or a start tag (`start`) or end tag, of which `text` is its attributes as written."""

    text: str
    name: str = ""
    start: bool = False


def tokenise_html(source: str) -> Iterator[Token]:
    """The text and tags of a document in order, character references of text resolved once.

    Comments, declarations and the content of `INVISIBLE` elements are left out.
    """
    source = source[:SOURCE]
    position, endless, tries = 0, set[str](), _AROUND_MARKUP
    while position < len(source):
        opening = source.find("<", position)
        if opening != position:
            yield Token(unescape_html(source[position : opening if opening >= 0 else None]))
            if opening < 0:
                return
        match = _TAG.match(source, opening)
        if match is None and tries:
            tries -= 1
            match = _TAG_AROUND_MARKUP.match(source, opening, opening + _AROUND_MARKUP_LENGTH)
        match = match or _LOOSE_TAG.match(source, opening)
        if match is None:
            position, text = _skip(source, opening)
            if text:
                yield Token(text)
            continue
        position, name = match.end(), match[2].lower()
        if name not in INVISIBLE:
            yield Token(match[3], name, not match[1])
        elif not match[1] and name not in endless and not match[3].endswith("/"):
            if end := _END_OF[name].search(source, position):
                position = end.start()
            else:
                endless.add(name)  # without an end tag the rest is shown, not hidden to the end of the ad


def _skip(source: str, opening: int) -> tuple[int, str]:
    """The position after a "<" that begins no tag, and the text to write for it."""
    if source.startswith("<!--", opening):
        end = source.find("-->", opening + 2)
        return (end + 3 if end >= 0 else len(source)), ""
    if source.startswith("<![CDATA[", opening):
        return opening + 9, ""  # a section of text in XML; `limit_html` removes its end
    if source.startswith(("<!", "<?", "</"), opening):
        end = source.find(">", opening)
        return (end + 1 if end >= 0 else len(source)), ""
    if _CUT_OFF.match(source, opening):
        return len(source), ""
    return opening + 1, "<"


@dataclass(slots=True)
class _Open:
    name: str
    place: int
    """Index of its start tag in the parts written."""

    length: int
    """Characters written before it."""

    filled: bool = False
    """Whether it contains text."""


@dataclass(slots=True)
class _Writer:
    """Writer of a well-formed fragment: tracks the open elements and closes those that HTML closes without an end tag."""

    write_link: Callable[[str], str]
    parts: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    """Number of open elements by name."""

    dropped: dict[str, int] = field(default_factory=dict)
    """Number of start tags by name that were left out because of their depth; their end tags are left out too."""

    length: int = 0
    elements: int = 0
    full: bool = False

    def write(self, part: str) -> None:
        self.parts.append(part)
        self.length += len(part)
        self.full = self.full or self.length >= LENGTH

    def separate(self) -> None:
        """Separates the words before and after an element that is left out."""
        if self.parts[-1:] != ["<pre>"]:
            self.write("\n")

    def add_text(self, text: str) -> None:
        text = characters.clean_text(text).replace("\r\n", "\n").replace("\r", "\n")
        if self.parts[-1:] == ["<pre>"]:
            text = text.lstrip("\n")  # HTML drops the first one itself
        if not text:
            return
        if text.strip(" \t\n\r"):
            self._open_cell()
            if self.full:
                return
        escaped = escape_text(text)
        if len(escaped) > LENGTH - self.length:
            self.full = True
            text = characters.cut_text(text, _count_fitting(text, LENGTH - self.length))
            escaped = escape_text(text)
        if self.open and not self.open[-1].filled and text.strip():
            for one in self.open:
                one.filled = True
        self.write(escaped)

    def start(self, name: str, attributes: str) -> None:
        name = _RENAMED.get(name, name)
        if name not in TAGS:
            if name in BLOCKS:
                self.separate()
            return
        self._close_before(name)
        if name in VOID:
            self._open_cell()
            self._count()
            self.write(f"<{name}>")
            if name == "hr":
                for one in self.open:
                    one.filled = True
            return
        if name in _TABLE_PARTS and (self.dropped.get("table", 0) or not self._fits_table(name)):
            self.separate()
            return
        if name not in _TABLE_PARTS:
            self._open_cell()
        # A table that is too deep is left out as a whole; its cells are three levels below it.
        if len(self.open) + 3 * (name == "table") >= DEPTH and name not in _TABLE_PARTS:
            self.dropped[name] = self.dropped.get(name, 0) + 1
            if name in BLOCKS:
                self.separate()
            return
        self._open(name, self._write_attributes(name, attributes))

    def end(self, name: str) -> None:
        name = _RENAMED.get(name, name)
        if name == "br":
            self.start(name, "")
        elif name not in TAGS or self.dropped.get(name, 0):
            if name in TAGS:
                self.dropped[name] -= 1
            if name in BLOCKS:
                self.separate()
        else:
            self._close(name, set() if name in {*_TABLE_PARTS, "table"} else _CELL)

    def close_all(self) -> str:
        while self.open:
            self._pop()
        return "".join(self.parts)

    def _fits_table(self, name: str) -> bool:
        """Whether a table is open for a part of a table. Opens the elements that HTML implies around a row or cell."""
        if not self.names.get("table", 0):
            return False
        names = [one.name for one in self.open]
        inside = names[len(names) - names[::-1].index("table") :]
        needed = {"td": "tr", "th": "tr"}.get(name, "")
        if name in {"tr", "td", "th"} and not {"tbody", "thead", "tfoot"} & {*inside}:
            self._close("caption", {"table"})
            self._open("tbody", "")
        if needed and needed not in inside:
            self._open(needed, "")
        return True

    def _open_cell(self) -> None:
        """Opens a cell for text or an element between cells, which a parser would move before the table."""
        if self.open and self.open[-1].name in _BETWEEN_CELLS:
            self._fits_table("td")
            self._open("td", "")

    def _open(self, name: str, attributes: str) -> None:
        if self.full:
            return  # the element that HTML implies was the last one allowed
        self._count()
        self.open.append(_Open(name, len(self.parts), self.length))
        self.names[name] = self.names.get(name, 0) + 1
        self.write(f"<{name}{attributes}>")

    def _count(self) -> None:
        self.elements += 1
        self.full = self.full or self.elements >= ELEMENTS

    def _close_before(self, name: str) -> None:
        if name in _CLOSES:
            names, until = _CLOSES[name]
            for one in names:
                self._close(one, until)
        if name in _CLOSES_P:
            self._close("p", _CELL)
        if name in _HEADINGS and self.open and self.open[-1].name in _HEADINGS:
            self._pop()

    def _close(self, name: str, until: set[str]) -> None:
        """Closes the nearest open element of this name and all elements inside it; stops at an element in `until`."""
        if not self.names.get(name, 0):
            return
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place].name == name:
                while len(self.open) > place:
                    self._pop()
                return
            if self.open[place].name in until:
                return

    def _pop(self) -> None:
        closed = self.open.pop()
        self.names[closed.name] -= 1
        if closed.filled or closed.name in _KEPT_EMPTY:
            self.write(f"</{closed.name}>")
            return
        # An element without text is removed with everything inside it, except a space between two words.
        space = any(part[0] in " \n\t&" for part in self.parts[closed.place + 1 :] if part)
        del self.parts[closed.place :]
        self.length = closed.length
        if space and closed.name not in BLOCKS:
            self.write(" ")

    def _write_attributes(self, name: str, written: str) -> str:
        if name == "a":
            link = self.write_link(_get_attribute(written, "href"))
            # `html.sanitise_html` adds a `rel` attribute to each link, which counts too.
            self.length += 40 if link else 0
            return f' href="{escape_text(link).replace(chr(34), "&quot;")}"' if link else ""
        if name in {"td", "th"}:
            spans = ((span, _get_attribute(written, span)) for span in ("colspan", "rowspan"))
            return "".join(
                f' {span}="{value}"' for span, value in spans if value.isascii() and value.isdigit() and len(value) < 3
            )
        return ""


def limit_html(source: str, write_link: Callable[[str], str]) -> str:
    """The document as a well-formed fragment of `TAGS` within the limits.

    `write_link` converts the URL of each link; a link for which it returns "" loses its `href`.
    """
    writer = _Writer(write_link)
    for token in tokenise_html(source):
        if not token.name:
            writer.add_text(token.text.replace("]]>", ""))
        elif token.start:
            writer.start(token.name, token.text)
        else:
            writer.end(token.name)
        if writer.full:
            break
    return writer.close_all()


def escape_text(text: str) -> str:
    """Text with HTML's special characters as references, in the form in which HTML parsers serialise it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u00a0", "&nbsp;")


def _count_fitting(text: str, length: int) -> int:
    """The number of characters of the text that fit into `length` characters once they are escaped."""
    for place, character in enumerate(text):
        length -= len(escape_text(character))
        if length < 0:
            return place
    return len(text)


def _get_attribute(written: str, name: str) -> str:
    """The value of an attribute with its character references resolved; "" if the tag has no such attribute."""
    for match in _ATTRIBUTE.finditer(written[:4000]):
        if match[1].lower() == name:
            return unescape_html(match[2] or match[3] or match[4] or "")
    return ""
