"""Presenter of ads in lists: a card for each ad, and one row for neighbouring ads that differ only in their place.

The search engine returns the ids of ads; what is shown of them is read from the database. An index that is not up to date can
therefore make a page shorter than it should be, but never show an ad that is no longer active. All text of an ad is HTML-escaped
here, piece by piece, before `<mark>` is put around matches.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

from django.urls import get_script_prefix, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from jobsearch.search import api as search
from jobsearch.search.assist import HighlightedAd, Highlighter, Segment
from jobsearch.search.facets import distance, get_employer_name
from jobsearch.search.query import CompiledQuery
from jobsearch.taxonomy import labels, places
from jobsearch.vacancies.models import Location, Vacancy, VacancyQuerySet
from jobsearch.vacancies.prepared_ads import Workplace, complete_prepared, get_prepared, list_workplaces

from . import ad_tags, dates, letter_case

MAX_PLACES_SHOWN = 2
_ANY_UUID = "00000000-0000-0000-0000-000000000000"
MIN_MARKED_ROWS = 5  # in a longer list whose every title has the searched words, these are not marked
_MARK = re.compile(r"</?mark>")
_INITIALS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Card:
    """An ad in a list. Texts are HTML; `occupation` and `snippet` are set where the search matched them and not the title."""

    vacancy: Vacancy
    title: SafeString
    employer: SafeString
    places: SafeString
    deadline: dates.Deadline | None
    tags: Sequence[str] = ()
    sign: str = ""
    """Initials of the employer."""

    plain_title: str = ""
    """The title as text, in normal letter case."""

    raw_title: str = ""
    """The title as written, where it is shown in another letter case."""

    km: int | None = None
    """Kilometres from the place of the search, where it has one."""

    occupation: SafeString | None = None
    snippet: SafeString | None = None
    new: bool = False
    """Whether the ad was first seen after the visitor's previous visit."""

    @property
    def url(self) -> str:
        """The address of the ad's page."""
        return _build_ad_url(self.vacancy.uuid)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: an ad, and its duplicates at other places; `others_label` is a text with their number."""

    card: Card
    others: Sequence[Card] = ()
    others_label: str = ""


def _build_ad_url(uuid: UUID) -> str:
    return _reverse_ad(get_script_prefix()).replace(_ANY_UUID, str(uuid))


@cache
def _reverse_ad(_prefix: str) -> str:
    """The path of the page of `_ANY_UUID` below the site's prefix: resolving it for each ad costs a tenth of a list."""
    return reverse("web:ad", args=[_ANY_UUID])


def list_active_ads(uuids: Iterable[UUID], *, with_text: bool = False) -> list[Vacancy]:
    """The active ads among these, in this order, with their prepared rows: one query. `with_text`: for snippets."""
    vacancies = _build_list_query(with_text).list_active(uuids)
    complete_prepared(vacancies)
    return vacancies


@cache
def _build_list_query(with_text: bool) -> VacancyQuerySet:
    """The query without its uuids, never run itself: to build its columns takes as long as to read ten rows."""
    return Vacancy.objects.for_lists(with_text=with_text)


def build_rows(
    uuids: Iterable[UUID], query: search.SearchQuery, compiled: CompiledQuery, since: dt.datetime | None = None
) -> list[Row]:
    """The rows of a page of results: the active ads among these, in this order, with the matches of the search marked.

    `compiled`, the query as it was run (see `Page.compiled`), decides what is marked. Ads first seen after `since` are new to
    the visitor.
    """
    ids = list(uuids)
    highlighter = Highlighter(compiled, len(ids))
    vacancies = list_active_ads(ids, with_text=highlighter.needs_body)
    cards = [_build_highlighted_card(vacancy, highlighter, query["place"], since) for vacancy in vacancies]
    if query["near"]:
        measure = distance.make_ruler(query["near"])
        cards = [
            replace(card, km=measure((place.path, place.postal_code) for place in list_workplaces(card.vacancy)))
            for card in cards
        ]
    chosen = [query[facet][0] for facet in ("extent", "engagement") if len(query[facet]) == 1]
    if common := ad_tags.find_common_tags([card.tags for card in cards]) | {*map(labels.translate_value, chosen)}:
        cards = [replace(card, tags=[tag for tag in card.tags if tag not in common]) for card in cards]
    if len(cards) >= MIN_MARKED_ROWS and all("<mark>" in card.title for card in cards):  # does not distinguish the rows
        cards = [replace(card, title=SafeString(_MARK.sub("", card.title))) for card in cards]  # removes only our own tags
    return _fold_duplicates(cards, separate_new=bool(query.since))


def build_card(vacancy: Vacancy) -> Card:
    """The card of an ad in a list that is not a search result: nothing is marked."""
    name = get_employer_name(vacancy.employer_orgnr, vacancy.employer_name)
    return _build_card(vacancy, name, HighlightedAd(), format_places(vacancy))


def _build_highlighted_card(
    vacancy: Vacancy, highlighter: Highlighter, chosen_places: Sequence[str], since: dt.datetime | None
) -> Card:
    prepared = get_prepared(vacancy)
    marked = highlighter.highlight_ad(vacancy, prepared) if highlighter and prepared else HighlightedAd()
    employer, pieces = _mark_employer(vacancy, marked.employer, highlighter)
    # To the whole second, as the search engine counts new ads.
    is_new = since is not None and int(vacancy.first_seen.timestamp()) > int(since.timestamp())
    marked = replace(marked, employer=tuple(pieces))
    return _build_card(vacancy, employer, marked, format_places(vacancy, highlighter, chosen_places), is_new=is_new)


def _mark_employer(vacancy: Vacancy, marked: Sequence[Segment], highlighter: Highlighter) -> tuple[str, Sequence[Segment]]:
    """(name, its pieces) of the employer: one name for each organisation number, as in the list of the facet.

    The ad's own spelling where only that has the searched words: it shows why the ad was found.
    """
    name = get_employer_name(vacancy.employer_orgnr, vacancy.employer_name)
    if name == vacancy.employer_name:
        return name, marked
    pieces = highlighter.highlight_employer(name) if highlighter else ()
    is_lost = any(piece.matched for piece in marked) and not any(piece.matched for piece in pieces)
    return (vacancy.employer_name, marked) if is_lost else (name, pieces)


def _build_card(vacancy: Vacancy, name: str, marked: HighlightedAd, shown_places: SafeString, *, is_new: bool = False) -> Card:
    """The card of an ad. `name`: the employer's, as it is shown. `marked`: the ad's texts with the matches of a search."""
    title, employer = restore_title(vacancy), letter_case.restore_employer(name)
    return Card(
        vacancy,
        _render_pieces(marked.title, title) or allow_breaks(title),
        _render_pieces(marked.employer, employer) or allow_breaks(employer),
        shown_places,
        dates.format_deadline(vacancy),
        ad_tags.list_tags(vacancy),
        build_sign(name),
        title,
        vacancy.title if title != vacancy.title else "",
        occupation=_render_pieces(marked.occupation),
        snippet=_render_pieces(marked.snippet),
        new=is_new,
    )


def restore_title(vacancy: Vacancy) -> str:
    """The ad's title, its words in capitals in normal letter case where most of it is written so."""
    if not letter_case.has_capitals(vacancy.title):
        return vacancy.title
    names = [format_location(location) for location in list_workplaces(vacancy)]
    return letter_case.restore_case(vacancy.title, names)


def build_sign(name: str) -> str:
    """Initials of an employer's name: "ØK" for Øygarden kommune."""
    words = _INITIALS.findall(name)
    return "".join(word[0] for word in words[:2]).upper()


def _fold_duplicates(cards: Sequence[Card], *, separate_new: bool) -> list[Row]:
    """Puts neighbouring duplicates into one row. Only neighbours, so that the list keeps the order of the search.

    `separate_new`: the page shows new ads and others as two lists, so no row may hold both.
    """
    groups: list[list[Card]] = []
    previous_key: tuple[object, ...] | None = None
    for card in cards:
        prepared = get_prepared(card.vacancy)
        key = (prepared.duplicate_key, card.new and separate_new) if prepared and prepared.duplicate_key else None
        if key is not None and key == previous_key:
            groups[-1].append(card)
        else:
            groups.append([card])
        previous_key = key
    return [Row(first, others, _format_others(first, others)) for first, *others in groups]


def _format_others(first: Card, others: Sequence[Card]) -> str:
    """Text about the duplicates in a row.

    "og på 3 andre steder", or "og 3 like annonser" where not every duplicate has a place of its own.
    """
    if not others:
        return ""
    other_places = {card.places for card in others} - {first.places, ""}
    n = len(others)
    if len(other_places) == n:
        return ngettext("og på %(n)s annet sted", "og på %(n)s andre steder", n) % {"n": n}
    return ngettext("og %(n)s lik annonse", "og %(n)s like annonser", n) % {"n": n}


def format_location(location: Location | Workplace) -> str:
    """A location's name, the smallest area first: "Voss", "Stockholm, Sverige"."""
    label = labels.translate_value(places.get_label(location.path)) if location.path else ""
    if location.path.startswith(f"{places.ABROAD}/") and location.city:
        return f"{places.get_label(location.city)}, {label}"
    return label


def format_places(vacancy: Vacancy, highlighter: Highlighter | None = None, chosen_places: Sequence[str] = ()) -> SafeString:
    """The first two places of an ad and the number of others: "Bergen, Oslo og 3 andre steder".

    Places that the search matched, or that lie in `chosen_places`, come first.
    """
    by_name: dict[str, tuple[bool, SafeString]] = {}
    for location in list_workplaces(vacancy):
        if not (name := format_location(location)):
            continue
        pieces = highlighter.highlight_place(name) if highlighter else ()
        matched = any(piece.matched for piece in pieces) or _is_within(location.path, chosen_places)
        if name not in by_name or (matched and not by_name[name][0]):
            by_name[name] = (matched, _render_pieces(pieces) or escape(name))
    names = [html for matched, html in sorted(by_name.values(), key=lambda place: not place[0])]
    shown = SafeString(", ".join(names[:MAX_PLACES_SHOWN]))  # each is escaped above
    left = len(names) - MAX_PLACES_SHOWN
    if left <= 0:
        return shown
    text = ngettext("%(places)s og %(n)s annet sted", "%(places)s og %(n)s andre steder", left) % {"places": "\0", "n": left}
    before, _zero, after = text.partition("\0")
    return format_html("{}{}{}", before, shown, after)


def _is_within(path: str, areas: Sequence[str]) -> bool:
    return any(path == area or path.startswith(f"{area}/") for area in areas)


def allow_breaks(value: str) -> SafeString:
    """The escaped text with `<wbr>` after each slash: "Spesialsykepleier/sykepleier" is wider than a phone's screen."""
    return SafeString(escape(value).replace("/", "/<wbr>"))  # escaping writes no slash


def _render_pieces(pieces: Sequence[Segment], text: str = "") -> SafeString:
    """The escaped text with `<mark>` around matches. `text`: the same text in another letter case, to be shown instead."""
    parts = []
    at = 0
    is_same_length = len(text) == sum(len(piece.text) for piece in pieces)
    for piece in pieces:
        shown = allow_breaks(text[at : at + len(piece.text)] if is_same_length else piece.text)
        parts.append(f"<mark>{shown}</mark>" if piece.matched else shown)
        at += len(piece.text)
    return SafeString("".join(parts))
