"""An ad as lists show it, and the ads of a page as rows: those that are the same but for their place share one.

The search says which ads; the record says what may be shown of them, at the moment of reading. A late index can so make a
page shorter than it should be, never show an ad that is no longer active. Everything that comes from an ad is escaped here,
piece by piece, before anything is marked in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models.functions import Left
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from jobsearch.search import api as search
from jobsearch.taxonomy import labels, places
from jobsearch.vacancies import cleaning, duplicates
from jobsearch.vacancies.models import Location, Vacancy

from . import dates

PLACES_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of an ad in a list. Texts are HTML; `occupation` and `snippet` are there where they tell why it was found."""

    vacancy: Vacancy
    title: SafeString
    employer: SafeString
    places: SafeString
    deadline: dates.Deadline | None
    occupation: SafeString | None = None
    snippet: SafeString | None = None
    new: bool = False
    """Whether it has come since the visitor was here last."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: an ad, and those that are the same at other places; `others_in_words` says how many."""

    card: Card
    others: Sequence[Card] = ()
    others_in_words: str = ""


def rows(uuids: Iterable[UUID]) -> list[Vacancy]:
    """The active ads among these, in this order, ready for a card."""
    return _active(uuids)


def listed(
    uuids: Iterable[UUID], query: search.SearchQuery, since: dt.datetime | None = None, *, in_text: bool = False
) -> list[Row]:
    """The rows of a page of results: the active ads among these, in this order, with what the search met in them marked.

    `query` has the words that were searched for, `in_text` is how they were read. `since`: ads first seen after that are new
    to the visitor.
    """
    wanted = list(uuids)
    marker = search.highlighter(query, len(wanted), in_text=in_text)
    found = _active(wanted, read=marker.reach if marker.reads_text else 0, names=bool(marker))
    return _folded([_card(vacancy, marker, query.place, since) for vacancy in found], apart=bool(query.since))


def plain(vacancy: Vacancy) -> Card:
    """The card of an ad that no search has found."""
    return Card(vacancy, breakable(vacancy.title), breakable(vacancy.employer_name), _places(vacancy), dates.deadline(vacancy))


def _active(uuids: Iterable[UUID], *, read: int = 0, names: bool = False) -> list[Vacancy]:
    """`read`: so many characters of each text too."""
    found = Vacancy.objects.defer("raw", "description", "employer_description")
    related = ["locations"]
    if names:
        related += ["contacts", "occupations", "categories"]
    if read:
        found = found.annotate(opening=Left("description", read))
    return found.prefetch_related(*related).list_active(uuids)


def _card(vacancy: Vacancy, marker: search.Highlighter, chosen: Sequence[str], since: dt.datetime | None) -> Card:
    shown = marker.marked(vacancy, getattr(vacancy, "opening", "")) if marker else search.Marked()
    return Card(
        vacancy=vacancy,
        title=_html(shown.title) or breakable(vacancy.title),
        employer=_html(shown.employer) or breakable(vacancy.employer_name),
        places=_places(vacancy, marker, chosen),
        deadline=dates.deadline(vacancy),
        occupation=_html(shown.occupation),
        snippet=_html(shown.passage),
        # To the whole second, as the search counts them.
        new=since is not None and int(vacancy.first_seen.timestamp()) > int(since.timestamp()),
    )


def _folded(cards: Sequence[Card], *, apart: bool) -> list[Row]:
    """Neighbours that are alike in one row. Only neighbours: the order of the list is what was asked for.

    `apart`: new ads and others are two lists, so that no row holds both.
    """
    groups: list[list[Card]] = []
    before: tuple[object, ...] | None = None
    for card in cards:
        sameness = _sameness(card.vacancy)
        same = (*sameness, card.new and apart) if sameness else None
        if same is not None and same == before:
            groups[-1].append(card)
        else:
            groups.append([card])
        before = same
    return [Row(first, others, _others_in_words(first, others)) for first, *others in groups]


def _sameness(vacancy: Vacancy) -> tuple[str, str] | None:
    """Equal for ads of one employer with one text and one title, but for the names of their places; None for none such."""
    if not (vacancy.body_hash and vacancy.employer_name):
        return None
    return vacancy.body_hash, duplicates.normalise_words(vacancy.title, cleaning.list_place_names(vacancy.locations.all()))


def _others_in_words(first: Card, others: Sequence[Card]) -> str:
    if not others:
        return ""
    elsewhere = {card.places for card in others} - {first.places, ""}
    n = len(others)
    if len(elsewhere) == n:
        return ngettext("og på %(n)s annet sted", "og på %(n)s andre steder", n) % {"n": n}
    return ngettext("og %(n)s lik annonse", "og %(n)s like annonser", n) % {"n": n}


def place_name(location: Location) -> str:
    """A location in words, the narrowest name first: "Voss", "Stockholm, Sverige"."""
    label = labels.translate_value(places.get_label(location.path)) if location.path else ""
    if location.path.startswith(f"{places.ABROAD}/") and location.city:
        return f"{places.get_label(location.city)}, {label}"
    return label


def places_short(vacancy: Vacancy) -> str:
    """Where an ad is, cut after two: "Bergen, Oslo og 3 andre steder"."""
    return _places(vacancy)


def _places(vacancy: Vacancy, marker: search.Highlighter | None = None, chosen: Sequence[str] = ()) -> SafeString:
    """The first two places of an ad, those that were asked for before the others, and how many more there are."""
    found: dict[str, tuple[bool, SafeString]] = {}
    for location in vacancy.locations.all():
        if not (name := place_name(location)):
            continue
        pieces = marker.place(name) if marker else ()
        asked = any(piece.met for piece in pieces) or _within(location.path, chosen)
        if name not in found or (asked and not found[name][0]):
            found[name] = (asked, _html(pieces) or conditional_escape(name))
    ordered = [html for asked, html in sorted(found.values(), key=lambda place: not place[0])]
    shown = format_html_join(", ", "{}", ((html,) for html in ordered[:PLACES_SHOWN]))
    left = len(ordered) - PLACES_SHOWN
    if left <= 0:
        return shown
    words = ngettext("%(places)s og %(n)s annet sted", "%(places)s og %(n)s andre steder", left) % {"places": "\0", "n": left}
    before, _zero, after = words.partition("\0")
    return format_html("{}{}{}", before, shown, after)


def _within(path: str, chosen: Sequence[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in chosen)


def breakable(value: str) -> SafeString:
    """The text with a chance to break after each slash: "Spesialsykepleier/sykepleier" is wider than a phone."""
    return format_html_join(mark_safe("/<wbr>"), "{}", ((part,) for part in value.split("/")))


def _html(pieces: Sequence[search.Piece]) -> SafeString:
    """Escaped, with `<mark>` around what was met."""
    return format_html_join("", "{}", ((_piece(piece),) for piece in pieces))


def _piece(piece: search.Piece) -> SafeString:
    return format_html("<mark>{}</mark>", breakable(piece.text)) if piece.met else breakable(piece.text)
