"""What templates need to say things in words, and the last check of addresses before they become links."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django import template
from django.template import Context
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from jobsearch.taxonomy import labels, places
from jobsearch.vacancies import deadlines, html, language, links
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import get_oslo_date
from jobsearch.web.presenters import ad_rows, back_link, dates

register = template.Library()
register.filter("place_name", ad_rows.place_name)
register.filter("places_short", ad_rows.places_short)
register.filter("breakable", ad_rows.breakable)


@register.filter
def number(value: int) -> str:
    """10312 -> "10 312"."""
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def results(total: int) -> str:
    return dates.count_of_results(total)


@register.filter
def deadline(vacancy: Vacancy) -> dates.Deadline | None:
    return dates.deadline(vacancy)


@register.filter
def due_words(vacancy: Vacancy, due: dates.Deadline) -> SafeString:
    """The deadline in words; what the employer wrote is marked as being in the ad's language."""
    before, own, after = due.words.partition(due.own) if due.own else (due.words, "", "")
    return format_html('{}<span lang="{}">{}</span>{}', before, lang(vacancy), own, after) if own else format_html("{}", before)


@register.filter
def published(vacancy: Vacancy) -> str:
    return dates.published(vacancy.published)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = get_oslo_date(value)
    return dates.day(value, weekday=True)


@register.filter
def moment(value: dt.datetime | None) -> str:
    return dates.moment(value)


@register.filter
def place_lines(vacancy: Vacancy) -> list[str]:
    """Every location on a line of its own: street, postal code and city, municipality where the city is another."""
    lines = []
    for location in vacancy.locations.all():
        city = places.get_label(location.city.upper()) if location.city else ""
        name = ad_rows.place_name(location)
        parts = [location.address, f"{location.postal_code} {city}".strip()]
        if name and name.casefold() not in {city.casefold(), ""}:
            parts.append(name)
        if line := ", ".join(part for part in parts if part):
            lines.append(line)
    return list(dict.fromkeys(lines))


@register.filter
def card(ad: Vacancy | ad_rows.Card) -> ad_rows.Card:
    """The card of an ad, for lists that no search has made; a card as it is."""
    return ad if isinstance(ad, ad_rows.Card) else ad_rows.plain(ad)


@register.simple_tag(takes_context=True)
def back_address(context: Context) -> str:
    """The results that the visitor came from."""
    return back_link.address(context["request"])


@register.filter
def link(url: str) -> str:
    """An address that may stand in an `href`, or "". The record has checked it; a second look at the door costs nothing."""
    return links.sanitise_link(url)


@register.filter
def clean_html(value: str, heading: int) -> SafeString:
    """The ad's own text, its headings below the page's own of that level.

    Safe because the database has only what `vacancies.html.sanitise_html` let through: an allow-list of elements without
    attributes but checked `href`s; and the Content-Security-Policy runs no script of a page's own.
    """
    return mark_safe(html.nest_headings(value, heading))  # noqa: S308 - see above


@register.filter
def phone(value: str) -> SafeString:
    """A phone number as a link to call it, where it looks like one."""
    digits = "".join(mark for mark in value if mark.isdigit() or mark == "+")
    plain = all(mark.isdigit() or mark in "+ ()-./" for mark in value)
    if not plain or not 5 <= len(digits.lstrip("+")) <= 15 or "+" in digits[1:]:
        return format_html("{}", value)
    return format_html('<a href="tel:{}">{}</a>', digits, value)


@register.filter
def email(value: str) -> SafeString:
    """An e-mail address as a link to write to it, where it is one."""
    target = links.sanitise_link(value)
    if not target.startswith("mailto:"):
        return format_html("{}", value)
    return format_html('<a href="{}">{}</a>', target, value.removeprefix("mailto:"))


@register.filter
def without_label(text: str) -> str:
    """A deadline in the employer's words, without the word that the page puts before it."""
    return deadlines.strip_label(text)


@register.simple_tag
def lines(values: Sequence[str]) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((value,) for value in values))


@register.filter
def lang(vacancy: Vacancy) -> str:
    """The language of the ad's own text for a `lang` attribute; short texts are taken for Norwegian of either kind."""
    return vacancy.language or "no"


@register.filter
def title_lang(vacancy: Vacancy) -> str:
    """The same of the ad's title, which may be English over a Norwegian text, or the other way round."""
    return language.guess_title_language(vacancy.title, vacancy.language) or "no"


@register.filter
def starts(vacancy: Vacancy) -> SafeString:
    """When the work begins: a date in words where the text is one, else the employer's own words."""
    date = deadlines.parse_deadline(vacancy.start_text, get_oslo_date(vacancy.published or vacancy.first_seen))
    return format_html("{}", dates.day(date)) if date else written(vacancy, vacancy.start_text)


@register.filter
def job_title(vacancy: Vacancy) -> SafeString:
    """The feed's name of the occupation: of a Norwegian list mostly, whatever language the ad is in."""
    spoken = language.guess_title_language(vacancy.job_title, "no")
    return format_html('<span lang="{}">{}</span>', spoken, ad_rows.breakable(vacancy.job_title))


@register.filter
def written(vacancy: Vacancy, words: str) -> SafeString:
    """What the employer wrote among facts that the page says in its own language."""
    return format_html('<span lang="{}">{}</span>', lang(vacancy), ad_rows.breakable(words))


@register.filter
def extent_words(value: str) -> str:
    """Heltid is what the feed calls every ad that does not say part-time, so it is no promise."""
    return _("Oppgitt som heltid, kan være deltid") if value == "Heltid" else labels.translate_value(value)


@register.filter
def translated(value: str) -> str:
    """A value of the feed's lists in the language of the page: "Fast" -> "Permanent"."""
    return labels.translate_value(value)
