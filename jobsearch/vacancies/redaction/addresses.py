"""Finder of e-mail addresses, also in the forms that people use to hide them from programs ("kari (at) firma.no").

First finds a sign or word for @, then the local part before it and a host with a top-level domain after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .spans import Span
from .tokens import INVISIBLE, fold_word, remove_invisible

_SIGNS = re.compile(r"[@\uff20\ufe6b]|&(?:amp;)?(?:#0{0,4}64|#[xX]0{0,4}40|commat);?|%40")
_SIGN_STARTS = ("@", "&#", "&amp;", "&commat", "%40", "\uff20", "\ufe6b")
_BRACKETED = re.compile(
    r"[(\[{<]\s?(?:@|a|at|ad|alfa|alpha|alfakr(?:ø|oe|o)ll|kr(?:ø|oe|o)ll|kr(?:ø|oe|o)llalfa|snabel-?\s?a|snabel|ætt|et|arroba)\s?[)\]}>]",
    re.IGNORECASE,
)
_SPELLED = re.compile(r"\s?\b(?:alfakr(?:ø|oe|o)ll|kr(?:ø|oe|o)ll-?\s?alfa|snabel-?\s?a)\b\s?", re.IGNORECASE)
# "kari -at- firma.no", "kari*at*firma.no". Without spaces, "-", "_" and "/" join ordinary words too.
_MARKED = re.compile(
    r"[^\S\n]?([-_*\"'|/~=+\u2013\u2014«»“”]{1,2})[^\S\n]?(?:at|alfakrøll|krøllalfa)[^\S\n]?[-_*\"'|/~=+\u2013\u2014«»“”]{1,2}[^\S\n]?",
    re.IGNORECASE,
)
_A_GRAVE = re.compile(r"[^\S\n]{1,2}à[^\S\n]{1,2}", re.IGNORECASE)
_BARE = re.compile(r"[^\S\n]{1,2}at[^\S\n]{1,2}", re.IGNORECASE)
# The same before a possible host only: "at" is one of the most common words of Norwegian and English.
_BARE_HOST = re.compile(r"( at {1,2})[\w\-]{1,63}(?:\.\w| ?[(\[{]? ?(?:dot|punkt|prikk))")
_SKIP = re.compile(rf"[ \u00a0\u2009\u202f{INVISIBLE}]{{0,6}}")
_LABEL = re.compile(rf"[^\W_](?:[\w\-\u2010\u2011{INVISIBLE}]{{0,70}})")
_DOT = re.compile(
    rf"[{INVISIBLE}]{{0,3}}[.\uff0e\u3002\uff61\u2024][{INVISIBLE}]{{0,3}}|&(?:#46|#x2[eE]|period);|[ ]\.[ ]"
    r"|[^\S\n]?[(\[{]\s?(?:\.|dot|punkt|punktum|prikk)\s?[)\]}][^\S\n]?|[^\S\n]{1,2}(?:dot|punkt|punktum|prikk)[^\S\n]{1,2}",
    re.IGNORECASE,
)
_DOT_BEFORE = re.compile(
    r"([\w\-]{1,40})(?:[^\S\n]?[(\[{]\s?(?:\.|dot|punkt|punktum|prikk)\s?[)\]}][^\S\n]?|[^\S\n](?:\.|dot|punkt|punktum|prikk)[^\S\n])$",
    re.IGNORECASE,
)
_DOT_WORDS = ("dot", "punkt", "prikk")
_MISTYPED = re.compile(r"(?:, ?|\. )(no|com|net|org|se|dk|eu)\b")  # "kari@firma,no", "kari@firma. no"
_LOCAL_MARKS = frozenset("._+-'’%&~=*!\u2010\u2011\uff0e\uff0b" + "\u200b\u200c\u200d\u2060\ufeff\u00ad")
_LOCAL_LENGTH = 80
_TOP = re.compile(r"(?:xn--[a-z0-9\-]{1,59}|[^\W\d_]{2,24})")
_TOP_DOMAINS = frozenset(
    """
    no com org net eu se dk fi is info as io biz co uk de nu name example test online me app dev ai tech site fr nl pl lt
    lv ee es it us ca edu gov jobs shop store cloud email digital oslo agency group global world work works health school
    """.split()
)
_MAILBOXES = frozenset(
    """
    post jobb jobs job firmapost postmottak hr cv soknad soknader soeknad rekruttering recruitment recruiting karriere
    career careers info kontakt contact hello hei hallo mail epost admin support kundeservice personal ansettelse office
    kontor postkasse resepsjon booking butikk salg sales daglig leder styrer rektor
    """.split()
)
# Before " @ host" with a space these are words of a sentence: "follow us @ firma.no".
_NOT_MAILBOXES = frozenset(
    """
    us oss meg me on paa at is er we vi here her naa now foelg follow live work jobbe found visit find see se look more
    mer info apply available join read les that and og the
    """.split()
)


def normalise_address(address: str) -> str:
    """An address in the form in which addresses are compared: without invisible characters, letters folded."""
    local, _, host = remove_invisible(address).strip().strip("<>()[].,;:").removeprefix("mailto:").rpartition("@")
    return f"{_fold_all(local)}@{_fold_all(host)}" if local else ""


def canonicalise_address(written: str) -> str:
    """The normalised address of a span that `AddressFinder` found: "Kari (at) firma dot no" is kari@firma.no."""
    for sign in (_SIGNS, _BRACKETED, _SPELLED, _MARKED, _A_GRAVE, _BARE):
        before, mark, after = _part(sign, written)
        if mark:
            break
    else:
        return ""
    host = "".join(_MISTYPED.sub(r".\1", _DOT.sub(".", after)).split())
    return normalise_address(f"{''.join(_DOT.sub('.', before).split())}@{host}")


def _part(sign: re.Pattern[str], text: str) -> tuple[str, str, str]:
    match = sign.search(text)
    return (text[: match.start()], match.group(), text[match.end() :]) if match else (text, "", "")


class AddressFinder:
    """Finder of e-mail addresses. `own`: addresses of contacts, which are found in any of these forms."""

    def __init__(self, own: Iterable[str] = ()) -> None:
        self._own = {found for address in own if (found := normalise_address(address[:320]))}
        self._own_locals = {address.partition("@")[0] for address in self._own}

    def find(self, text: str) -> list[Span]:
        """The spans of e-mail addresses, in order."""
        lowered = text.lower()
        found: list[Span] = []
        for start, end, bare in sorted(_find_at_signs(text, lowered)):
            if found and start < found[-1][1]:
                continue
            span = self._find_around(text, start, end, bare)
            if span and found and span[0] < found[-1][1]:
                span = (found[-1][1], span[1])
            if span and span[0] < span[1]:
                found.append(span)
        return found

    def _find_around(self, text: str, start: int, end: int, bare: bool) -> Span | None:
        skipped = _SKIP.match(text, end)
        after = skipped.end() if skipped else end
        last, worded, top = self._find_host_end(text, after)
        if bare and last < 0:
            return None
        low = start
        while low > 0 and start - low < 6 and (text[low - 1] in " \u00a0\u2009\u202f" or not remove_invisible(text[low - 1])):
            low -= 1
        parted = any(sign.isspace() for sign in text[low:start])
        first = low
        while first > 0 and low - first < _LOCAL_LENGTH and (text[first - 1].isalnum() or text[first - 1] in _LOCAL_MARKS):
            first -= 1
        while first < low and text[first] in "'’.-*=&":
            first += 1
        if first == low:
            return None
        local = text[first:low]
        dotted = text[max(0, first - 60) : first]
        if (
            any(word in dotted.lower() for word in _DOT_WORDS)
            or dotted.endswith(" . ")
            or (dotted.rstrip()[-1:] in {")", "]", "}"} and "." in dotted[-5:])
        ):
            for _ in range(3):
                before = _DOT_BEFORE.search(text[max(0, first - 60) : first])
                if not before:
                    break
                first -= len(before.group())
        if last < 0:
            return self._find_own_without_domain(text, first, low, after)
        host = text[after:last]
        if not self._is_address(local, host, bare, parted, worded, top):
            return None
        if text[max(0, first - 7) : first].lower() == "mailto:":
            first -= 7
        return first, last

    def _is_address(self, local: str, host: str, bare: bool, parted: bool, worded: bool, top: str) -> bool:
        key = _fold_all(remove_invisible(local))
        if f"{key}@{_fold_all(remove_invisible(host))}" in self._own or key in self._own_locals:
            return True
        if worded and top not in _TOP_DOMAINS:
            return False
        if bare and not worded:
            # "visit us at firma.no" is no address: only if the word before "at" can only be a mailbox.
            return top in _TOP_DOMAINS and (key in _MAILBOXES or any(mark in key.strip("._-") for mark in "._"))
        return not (parted and key in _NOT_MAILBOXES)

    def _find_own_without_domain(self, text: str, first: int, low: int, after: int) -> Span | None:
        """A contact's own address whose host has no top-level domain, exactly as in the contact's field."""
        label = _LABEL.match(text, after)
        if label and f"{_fold_all(remove_invisible(text[first:low]))}@{_fold_all(remove_invisible(label.group()))}" in self._own:
            return first, label.end()
        return None

    def _find_host_end(self, text: str, position: int) -> tuple[int, bool, str]:
        """End of a host with a top-level domain (-1 if there is none), whether a dot is spelled out, and the top-level domain."""
        found = (-1, False, "")
        worded = False
        for count in range(8):
            label = _LABEL.match(text, position)
            if not label:
                break
            bare = remove_invisible(label.group()).rstrip("-").lower()
            if count and _TOP.fullmatch(bare):
                found = (label.start() + len(label.group().rstrip("-")), worded, bare)
                if worded and bare in _TOP_DOMAINS and not text[label.end() : label.end() + 1].startswith("."):
                    break
            if not count and (mistyped := _MISTYPED.match(text, label.end())):
                return mistyped.end(), False, mistyped.group(1)
            dot = _DOT.match(text, label.end())
            if not dot:
                break
            worded = worded or any(word in dot.group().lower() for word in _DOT_WORDS)
            position = dot.end()
        return found


def _find_at_signs(text: str, lowered: str) -> set[tuple[int, int, bool]]:
    """Signs and words for @: start, end, and whether it is only the word "at" or "à"."""
    found: set[tuple[int, int, bool]] = set()
    if any(sign in text for sign in _SIGN_STARTS):
        found.update((*match.span(), False) for match in _SIGNS.finditer(text))
    if "(" in text or "[" in text or "{" in text or "<" in text:
        found.update((*match.span(), False) for match in _BRACKETED.finditer(text))
    if any(word in lowered for word in ("krøll", "kroll", "kroell", "snabel")):
        found.update((*match.span(), False) for match in _SPELLED.finditer(text))
    for match in _MARKED.finditer(text):
        found.add((*match.span(), match[1] in {"-", "_", "/"} and not any(map(str.isspace, match.group()))))
    if "à" in lowered:
        found.update((*match.span(), True) for match in _A_GRAVE.finditer(text))
    if "at\u00a0" in lowered or "\u00a0at" in lowered or len(lowered) != len(text):
        found.update((*match.span(), True) for match in _BARE.finditer(text))
    else:
        found.update((*match.span(1), True) for match in _BARE_HOST.finditer(lowered))
    return found


def _fold_all(value: str) -> str:
    """Folds each letter and keeps punctuation: "Håkon.Ås" -> "haakon.aas"."""
    return "".join(sign if sign.isascii() else fold_word(sign) or sign for sign in value.lower()).replace("\uff0e", ".")
