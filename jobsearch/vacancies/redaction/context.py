"""Context rules: whether a text uses a single word as a person's name, by the words, numbers and names around it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from . import words
from .spans import Span
from .tokens import Token, strip_genitive

_LIST_GAP = re.compile(r"[\s,;/&+|.()\-\u2010-\u2015]{0,6}")
_SENTENCE_END = re.compile(r"[.!?\n]")
_LABEL_END = re.compile(r"[\s.,:;!/()«»\"“”\-\u2010-\u2015]{0,6}")
_NAMED_ALONE = re.compile(r"\s{0,2}(?:$|[.,!?;:)\n(]|[-\u2010-\u2015]\s|(?:på|paa|i|for|tlf|tel|mob|on|at|by)\b)", re.IGNORECASE)

# Words before a name; `_FILLERS` may come between them and the name ("kontakt gjerne vår leder Kari").
CONTACT = frozenset(
    """
    kontakt kontakte kontakter kontaktar kontaktes kontaktast kontaktperson kontaktpersoner kontaktpersonar
    kontaktpersonen kontaktinfo kontaktinformasjon ring ringe ringer spoer spoerre spoerring spoersmaal snakk snakke
    snakker prat prate hilsen hilsning helsing helsingar mvh vh attn att contact contacts call phone ask email mail
    regards sincerely rettes rettast sendes sendast send sender henvendelse henvendelser tekst sms heter heiter hete navn
    namn name named called signert tlf telefon tel mobil mob moet meld melde meet treff talk speak text reach intervju
    merkes merkast merk touch intervjuer referanse spoerje spoerjast skriv skrive write soeknad soeknaden cv moeter
    """.split()
)
_PERSONS_TITLES = tuple(
    """
    leder leiar sjef rektor styrer styrar ansvarlig ansvarleg konsulent raadgiver raadgjevar dr direktoer laerer laerar lege
    pleier pleiar koordinator manager prest herr hr fru frk mr mrs ms ordfoerer ordfoerar professor assistent
    """.split()
)
"""Endings of titles before a person's name: "rektor Nordmann", but not "hotell Nordmann"."""
_WEAK_CONTACT = frozenset({"ved"})  # "ved Kari", but also "ved Moen"
_FILLERS = frozenset(
    """
    gjerne med til oss vaar vaart vaare etter hos paa om er stillingen stillinga stilling jobben dette daglig dagleg eller
    og assisterende fungerende den din min mitt mine our your the my to for is with at please vennlig venleg beste best
    kind warm information more mer meir informasjon da naa direkte a an us me av fra fraa
    """.split()
)
_DIRECT = frozenset(
    "til to med with kontakt kontakte ring ringe call contact hilsen helsing mvh etter v attn ask for spoer".split()
)
_CONTACT_NOUNS = frozenset(
    "nummer nummeret number telefon telefonnummer mobil mobilnummer mobiltelefon epost mail email phone tlf inbox".split()
)
_BESIDE = frozenset(
    """
    tlf tel telefon telefonen mobil mobilen mob mobiltelefon paa e post epost mail email phone m t nr on at nummer sms
    mobilnr tlfnr er is telefonnummer mailadresse adresse fra i hos ring svarer svarar svare answers naas naast nås
    treffes treffast har tar tek imot mottar kan kontaktes kontaktast can be reached contacted eller or og and via direkte
    """.split()
)
BESIDE_REACH = 40  # characters between a name and its phone number: "Kari (leder), mobiltelefon nr. "


def is_named(text: str, tokens: list[Token], place: int, beside: bool) -> bool:
    """Whether the words around a token show that it is a name: "kontakt", a title, "v/", a genitive before "nummer".

    `beside`: whether a phone number or an address is next to it, which is enough.
    """
    if beside:
        return True
    token = tokens[place]
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following and following.key == "s" and place + 2 < len(tokens) and tokens[place + 2].key in _CONTACT_NOUNS:
        return True
    if token.key.endswith("s") and following and following.key in _CONTACT_NOUNS and following.start - token.end <= 2:
        return True
    for back in range(place - 1, max(-1, place - 7), -1):
        before = tokens[back]
        gap = text[before.end : tokens[back + 1].start]
        if before.key == "v" and gap.lstrip().startswith("/"):
            return True
        if before.key in CONTACT:
            return bool(_LABEL_END.fullmatch(gap))
        if before.key in _WEAK_CONTACT:
            alone = bool(_NAMED_ALONE.match(text, token.end))
            return back == place - 1 and alone and (token.key in words.load_given_names())
        shortened = gap == ". " and len(before.key) <= 4 and words.is_title(before.key)  # "Mr. ", "Dr. "
        if (_SENTENCE_END.search(gap) and not shortened) or len(gap) > 6:
            return False
        if words.is_title(before.key) and back == place - 1 and not before.key.endswith(_PERSONS_TITLES):
            return token.key in words.load_given_names()
        if words.is_title(before.key) and back == place - 1:
            return True
        if before.key not in _FILLERS and not words.is_title(before.key):
            return False
    return False


def is_protected(text: str, tokens: list[Token], place: int, beside: bool) -> bool:
    """Whether a word has another meaning here than a name: an everyday word, a place, an occupation, part of an institution."""
    token = tokens[place]
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following and text[token.end : following.start] in {" ", "-", "\u00a0"} and words.is_institution(following.key):
        return True
    if not (words.is_common(token.key) or words.is_common(strip_genitive(token.key))):
        return False
    if token.key in words.load_place_words() or token.key in words.load_occupation_words() or words.is_title(token.key):
        return True
    # "Ring Stein på 400 00 000" names a person, "Kontakt Dag og natt" doesn't.
    before = tokens[place - 1] if place else None
    direct = (
        before is not None
        and before.key in _DIRECT
        and text[before.end : token.start] in {" ", ", ", ": ", "/", "\u00a0", "\n", ",\n"}
    )
    return not (direct and (beside or _NAMED_ALONE.match(text, token.end)))


def is_listed(text: str, tokens: list[Token], place: int, step: int, known: set[int]) -> bool:
    """Whether a word is in a list with a name: next to it (`step` -1 or 1), or joined by "og". `known`: indexes of names."""
    if words.is_common(tokens[place].key):
        return False
    beside = place + step
    joined = False
    if 0 <= beside < len(tokens) and tokens[beside].key in words.CONJUNCTIONS:
        beside += step
        joined = True
    if beside not in known:
        return False
    low, high = sorted((place, beside))
    gap = text[tokens[low].end : tokens[high].start]
    if joined:
        return not _SENTENCE_END.search(gap) and len(gap) <= 10
    return bool(_LIST_GAP.fullmatch(gap)) and not _SENTENCE_END.search(gap) and not is_protected(text, tokens, place, False)


def find_beside(text: str, tokens: list[Token], taken: Iterable[Span]) -> set[int]:
    """Indexes of tokens next to a phone number or an address (`taken`), with only labels and punctuation between."""
    found: set[int] = set()
    place = 0
    for start, end in taken:
        while place < len(tokens) and tokens[place].start < start:
            place += 1
        back, edge = place - 1, start
        while back >= 0 and start - tokens[back].end <= BESIDE_REACH:
            gap = text[tokens[back].end : edge]
            if len(gap) > 6 or ("." in gap and tokens[back].key not in _BESIDE) or gap.count("\n") > 1:
                break
            if tokens[back].key not in _BESIDE and not words.is_title(tokens[back].key):
                found.add(back)
                break
            edge = tokens[back].start
            back -= 1
        if place < len(tokens):
            gap = text[end : tokens[place].start]
            if len(gap) <= 5 and not any(mark in gap for mark in ".!?"):
                found.add(place)
    return found
