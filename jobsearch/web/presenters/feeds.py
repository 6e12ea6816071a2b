"""Presenter of feeds: the newest hits of a search as Atom (RFC 4287) and JSON Feed (https://www.jsonfeed.org/version/1.1/).

A feed reader keeps what it has read, so an entry has no contact information, and no text of the ad beyond its title.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.feedgenerator import Atom1Feed, rfc3339_date
from django.utils.translation import get_language

from jobsearch.search import api as search
from jobsearch.search.facets import FACETS
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import list_occupation_paths

from . import ad_rows, dates
from .alert_mail import build_line

MAX_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One ad. `updated`: when what we show of it last changed."""

    uuid: UUID
    title: str
    url: str
    summary: str
    published: dt.datetime
    updated: dt.datetime
    occupations: Sequence[str]

    @property
    def urn(self) -> str:
        """The identifier of the ad, which never changes (RFC 9562)."""
        return self.uuid.urn


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed. `page`: the address of the search on the site; `address`: its own."""

    title: str
    page: str
    address: str
    entries: Sequence[Entry]

    @property
    def updated(self) -> dt.datetime:
        """The newest change of an entry. Of an empty feed the beginning of the day, so that its content stays the same."""
        return max((entry.updated for entry in self.entries), default=dates.get_midnight())


class _Atom(Atom1Feed):
    """Django's generator, with the time of a feed without entries, and with summaries that are plain text.

    Django marks them as HTML: a feed reader would show the tags that an advertiser has typed, or run their scripts.
    """

    def __init__(self, feed: Feed) -> None:
        self._updated = feed.updated
        super().__init__(feed.title, feed.page, "", feed_url=feed.address, feed_guid=feed.address, language=get_language())

    def latest_post_date(self) -> dt.datetime:
        return self._updated

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("summary", item["description"], {"type": "text"})


def build_entries(query: search.SearchQuery) -> list[Entry]:
    """The newest hits of a search that are active. Raises QueryError, EngineDown."""
    uuids = search.list_hits(query.replace(sort="published", since=0), MAX_ENTRIES)
    changed = dict(Vacancy.objects.filter(pk__in=uuids).values_list("pk", "changed"))
    return [_build_entry(vacancy, changed[vacancy.uuid]) for vacancy in ad_rows.list_active_ads(uuids) if vacancy.uuid in changed]


def _build_entry(vacancy: Vacancy, changed: dt.datetime) -> Entry:
    line = build_line(vacancy)
    label = FACETS["occupation"].label_value
    published = vacancy.published or vacancy.first_seen
    jobs = [label(path) for path in list_occupation_paths(vacancy)]
    return Entry(vacancy.uuid, line.title, line.url, line.details, published, max(changed, published), jobs)


def render_atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    atom = _Atom(feed)
    for entry in feed.entries:
        atom.add_item(
            entry.title,
            entry.url,
            entry.summary,
            unique_id=entry.urn,
            pubdate=entry.published,
            updateddate=entry.updated,
            categories=entry.occupations,
        )
    return atom.writeString("utf-8").encode()


def render_json(feed: Feed) -> bytes:
    """The feed as JSON Feed."""
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": get_language(),
        "items": [
            {
                "id": entry.urn,
                "url": entry.url,
                "title": entry.title,
                "content_text": entry.summary,
                "date_published": rfc3339_date(entry.published),
                "date_modified": rfc3339_date(entry.updated),
                "tags": list(entry.occupations),
            }
            for entry in feed.entries
        ],
    }
    return json.dumps(content, ensure_ascii=False).encode()
