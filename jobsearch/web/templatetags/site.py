"""Template filters and tags: formatting, safe links, and `lang` attributes for texts of an ad."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache, lru_cache

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from jobsearch.saved.bookmarks.bookmarks import list_bookmarked
from jobsearch.saved.searches.list_views import Row
from jobsearch.taxonomy import labels, places
from jobsearch.vacancies import deadlines, html, language, links
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import get_title_language, list_workplaces
from jobsearch.vacancies.visibility import get_oslo_date
from jobsearch.web.presenters import ad_rows, back_link, dates, facet_html, letter_case
from jobsearch.web.presenters.card_html import render_card
from jobsearch.web.presenters.pagination import Pages, render_pages
from jobsearch.web.presenters.results import FacetView
from jobsearch.web.presenters.saved_row_html import render_saved_rows

register = template.Library()
register.filter("breakable", ad_rows.allow_breaks)
register.filter("employer_name", letter_case.restore_employer)
register.filter("title_text", ad_rows.restore_title)
register.filter("title_lang", get_title_language)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon of the sprite in `web/_icons.html`: decoration, so a word or a name is beside it."""
    return format_html('<svg class="icon" width="20" height="20" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.filter
def number(value: int) -> str:
    """A number with a thousands separator: 10312 -> "10 312"."""
    return dates.format_number(value)


@register.filter
def host_text(host: str) -> SafeString:
    """A host name that may be broken before its dots only: the box beside an ad is narrower than "karriere.kommune.no"."""
    return format_html_join(mark_safe("<wbr>."), "{}", ((label,) for label in host.split(".")))


@register.filter
def results(total: int) -> str:
    """Number of hits: "10 312 treff"."""
    return dates.format_result_count(total)


@register.filter
def places_short(vacancy: Vacancy) -> str:
    """The first two places of an ad and the number of others: "Bergen, Oslo og 3 andre steder"."""
    return ad_rows.format_places(vacancy)


@register.filter
def deadline(vacancy: Vacancy) -> dates.Deadline | None:
    """The deadline of an ad, formatted."""
    return dates.format_deadline(vacancy)


@register.filter("due_text")
def render_deadline(vacancy: Vacancy, deadline: dates.Deadline) -> SafeString:
    """The deadline's text as HTML; what the employer wrote gets a `lang` attribute with the ad's language."""
    if not deadline.employer_text:
        return format_html("{}", deadline.text)
    before, employer_text, after = deadline.text.partition(deadline.employer_text)
    return format_html('{}<span lang="{}">{}</span>{}', before, lang(vacancy), employer_text, after)


@register.filter
def published(vacancy: Vacancy) -> str:
    """The publishing date of an ad: "Publisert i dag"."""
    return dates.format_published(vacancy.published)


@register.filter
def published_slot(vacancy: Vacancy) -> str:
    """The publishing date of an ad in a list: "I dag", "23. nov."."""
    return dates.format_published_slot(vacancy.published)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A date with its weekday, in Oslo: "torsdag 26. november"."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = get_oslo_date(value)
    return dates.format_day(value, weekday=True)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Date and time of day in Oslo: "i dag kl. 16.49"."""
    return dates.format_time(value)


@register.filter
def place_lines(vacancy: Vacancy) -> list[str]:
    """Address lines, one for each location: street, postal code and city, and the municipality if its name is not the city's."""
    lines = []
    for location in list_workplaces(vacancy):
        city = places.get_label(location.city.upper()) if location.city else ""
        name = ad_rows.format_location(location)
        parts = [location.address, f"{location.postal_code} {city}".strip()]
        if name and name.casefold() not in {city.casefold(), ""}:
            parts.append(name)
        if line := ", ".join(part for part in parts if part):
            lines.append(line)
    return list(dict.fromkeys(lines))


@register.simple_tag(takes_context=True)
def card(context: Context, ad: Vacancy | ad_rows.Card, level: int, hide: bool = False) -> SafeString:
    """The card of an ad, with a heading of this level; of a search result, as prepared with its matches marked.

    `hide`: with an account, the card has a button to hide the ad; the page has its form (`saved/_hide_form.html`).
    """
    shown = ad if isinstance(ad, ad_rows.Card) else ad_rows.build_card(ad)
    request = context["request"]
    has_account = request.user.is_authenticated
    saved = has_account and shown.vacancy.uuid in list_bookmarked(request)
    return render_card(shown, level, account=has_account, saved=saved, hide=hide and has_account)


@register.simple_tag(takes_context=True)
def count_bookmarks(context: Context) -> int:
    """Number of bookmarks in the visitor's account."""
    return len(list_bookmarked(context["request"]))


@register.simple_tag(takes_context=True)
def is_bookmarked(context: Context, vacancy: Vacancy) -> bool:
    """Whether the ad is bookmarked in the visitor's account."""
    return vacancy.uuid in list_bookmarked(context["request"])


@register.simple_tag
def swapped_parts(facets: Sequence[FacetView]) -> str:
    """The parts of the results page that an htmx answer replaces besides the list, for `hx-select-oob`."""
    ids = ["beskjeder", "forside", "live", "vis-n", "f-n", "f-clear", "meny", "sprak", "f-near", "s-near", "f-sort"]
    ids += [f"{prefix}-{facet.name}" for facet in facets for prefix in ("f", "n")]
    return ",".join(f"#{name}:innerHTML" for name in ids)


@register.simple_tag(takes_context=True)
def back_address(context: Context) -> str:
    """The address of the list of ads that the visitor came from."""
    return back_link.build_back_link(context["request"])


@register.filter
def link(url: str) -> str:
    """The URL if it is safe in an `href`, else "". URLs are checked when stored too; this second check costs nothing."""
    return links.sanitise_link(url)


@register.filter
def clean_html(value: str, heading: int) -> SafeString:
    """The HTML of an ad's text, with its headings below the page's heading of level `heading`.

    Safe because only the output of `vacancies.html.sanitise_html` is stored: an allow-list of elements, with no attributes except
    checked `href`s. In addition, the Content-Security-Policy forbids inline scripts.
    """
    return mark_safe(html.nest_headings(value, heading))  # noqa: S308 - see above


@register.filter
def phone(value: str) -> SafeString:
    """A `tel:` link for a text that looks like a phone number, grouped as people write it; any other text without a link."""
    digits = "".join(character for character in value if character.isdigit() or character == "+")
    is_number = all(character.isdigit() or character in "+ ()-./" for character in value)
    if not is_number or not 5 <= len(digits.lstrip("+")) <= 15 or "+" in digits[1:]:
        return format_html("{}", value)
    return format_html('<a href="tel:{}">{}</a>', digits, _group_digits(digits) or value)


def _group_digits(digits: str) -> str:
    """A Norwegian number of eight digits in its usual groups: "447 79 154", "55 58 85 95"; "" for any other number."""
    code, number = ("+47 ", digits[3:]) if digits.startswith("+47") else ("", digits)
    if len(number) != 8 or not number.isdecimal() or not number.isascii():
        return ""
    ends = (3, 5, 8) if number[0] in "489" else (2, 4, 6, 8)
    return code + " ".join(number[start:end] for start, end in zip((0, *ends), ends, strict=False))


@register.filter
def email(value: str) -> SafeString:
    """A `mailto:` link for an e-mail address; any other text is returned without a link."""
    target = links.sanitise_link(value)
    if not target.startswith("mailto:"):
        return format_html("{}", value)
    return format_html('<a href="{}">{}</a>', target, value.removeprefix("mailto:"))


@register.filter
def without_label(text: str) -> str:
    """The employer's text of a deadline without its label ("Søknadsfrist:"), which the page shows itself."""
    return deadlines.strip_label(text)


@register.simple_tag
def lines(values: Sequence[str]) -> SafeString:
    """The values, escaped, with `<br>` between them."""
    return format_html_join(mark_safe("<br>"), "{}", ((value,) for value in values))


@register.filter
def lang(vacancy: Vacancy) -> str:
    """The language of an ad's text for a `lang` attribute; "no" (bokmål or nynorsk) where it was too short to detect."""
    return vacancy.language or "no"


@register.filter("start_date")
def render_start(vacancy: Vacancy) -> SafeString:
    """The start of the job: a formatted date if the employer's text is one, else the text itself."""
    date = deadlines.parse_deadline(vacancy.start_text, get_oslo_date(vacancy.published or vacancy.first_seen))
    return format_html("{}", dates.format_day(date)) if date else render_employer_text(vacancy, vacancy.start_text)


@register.filter
def job_title(vacancy: Vacancy) -> SafeString:
    """The feed's name of the occupation, mostly from a Norwegian list whatever the language of the ad."""
    title_language = language.guess_title_language(vacancy.job_title, "no")
    return format_html('<span lang="{}">{}</span>', title_language, ad_rows.allow_breaks(vacancy.job_title))


@register.filter("employer_text")
def render_employer_text(vacancy: Vacancy, text: str) -> SafeString:
    """A text of the employer, with a `lang` attribute, among facts in the language of the page."""
    return format_html('<span lang="{}">{}</span>', lang(vacancy), ad_rows.allow_breaks(text))


@register.filter("extent")
def format_extent(value: str) -> str:
    """Full-time or part-time. The feed states "Heltid" for every ad that is not part-time, so it is not certain."""
    return _("Oppgitt som heltid, kan være deltid") if value == "Heltid" else labels.translate_value(value)


@register.simple_tag
def saved_rows(rows: Sequence[Row], address: str) -> SafeString:
    """Rows of the list of saved searches. `address`: the user's confirmed one, "" for none."""
    return render_saved_rows(rows, by_mail=bool(address))


@register.filter("option_values")
@lru_cache(maxsize=4)
def render_option_values(values: tuple[str, ...]) -> SafeString:
    """An `<option>` for each value of a `<datalist>`. Cached: the list of 357 municipalities is always the same."""
    return format_html_join("\n", '<option value="{}"></option>', ((value,) for value in values))


@register.simple_tag(takes_context=True)
def facet(context: Context, view: FacetView) -> SafeString:
    """A facet of the filter panel; without the numbers of its values where the engine is down."""
    return facet_html.render_facet(view, counted=context.get("total") is not None)


@register.simple_tag(takes_context=True)
def facet_list(context: Context, view: FacetView) -> SafeString:
    """The values of a facet in the filter panel."""
    return facet_html.render_facet_list(view, counted=context.get("total") is not None)


@register.simple_tag
def page_links(pages: Pages) -> SafeString:
    """The links to the pages of a list."""
    return render_pages(pages)


@register.filter
def translated(value: str) -> str:
    """A value of the feed's fixed lists in the language of the page: "Fast" -> "Permanent"."""
    return labels.translate_value(value)
