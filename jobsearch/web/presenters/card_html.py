"""HTML of a card, an ad in a list: the values of `templates/web/_card.html`."""

from __future__ import annotations

from django.utils.safestring import SafeString

from jobsearch.vacancies.prepared_ads import get_title_language
from jobsearch.web.fragments import render_fragment

from . import dates
from .ad_rows import Card


def render_card(card: Card, level: int, *, account: bool = False, saved: bool = False, hide: bool = False) -> SafeString:
    """The card with a heading of this level.

    `account`: its bookmark is in an account, and `saved` states whether there is one. `hide`: with a button to hide the ad.
    """
    ad, due = card.vacancy, card.deadline
    values = {
        "uuid": str(ad.uuid),
        "url": card.url,
        "sign": card.sign,
        "title": card.title,
        "plain_title": card.plain_title,
        "title_lang": get_title_language(ad),
        "raw_title": card.raw_title,
        "employer": card.employer,
        "places": card.places,
        "km": dates.format_number(card.km) if card.km else "",
        "occupation": card.occupation or "",
        "snippet": card.snippet or "",
        "text_lang": ad.language or "no",
        "due": due.slot if due else "",
        "tags": card.tags,
        "published": dates.format_published(ad.published),
        "published_slot": dates.format_published_slot(ad.published),
    }
    fixed = {"level": level, "new": card.new, "due_tone": due.tone if due else ""}
    return render_fragment("web/_card.html", values, **fixed, account=account, saved=saved, hide=hide)
