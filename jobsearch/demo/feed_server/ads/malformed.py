"""Malformed and unusual ads for tests, each with a name.

Each function takes a valid `ad_content` and returns a changed copy; the original is not modified.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

Ad = dict[str, Any]
_HUGE_BYTES = 2_000_000


def _replace_fields(ad: Ad, **changes: Any) -> Ad:
    """A deep copy with some fields replaced."""
    copy = deepcopy(ad)
    copy.update(changes)
    return copy


def nul_in_description(ad: Ad) -> Ad:
    """NUL characters in the description, which databases refuse."""
    return _replace_fields(ad, description=ad["description"] + "<p>Slutt\u0000p\u0000å annonsen</p>")


def nul_in_title(ad: Ad) -> Ad:
    """A NUL in the title: NAV's server refuses the whole batch, but older data may contain it."""
    return _replace_fields(ad, title=ad["title"] + "\u0000")


def long_title(ad: Ad) -> Ad:
    """A title of 600 characters, longer than the feed's own column of 500."""
    return _replace_fields(ad, title=(ad["title"].strip() + " med lang, lang og enda lengre tittel ").ljust(600, "x")[:600])


def empty_title(ad: Ad) -> Ad:
    """An empty title: null upstream becomes an empty string."""
    return _replace_fields(ad, title="")


def null_lists(ad: Ad) -> Ad:
    """Null instead of lists: contacts, places, categories."""
    return _replace_fields(ad, contactList=None, workLocations=None, categoryList=None, occupationCategories=None)


def numeric_positioncount(ad: Ad) -> Ad:
    """A number instead of a string of digits."""
    return _replace_fields(ad, positioncount=3)


def wordy_positioncount(ad: Ad) -> Ad:
    """Words instead of a string of digits."""
    return _replace_fields(ad, positioncount="flere")


def bad_published(ad: Ad) -> Ad:
    """A publication date that does not exist."""
    return _replace_fields(ad, published="2026-02-30T00:00:00+01:00")


def bad_expires(ad: Ad) -> Ad:
    """Words as expiry date."""
    return _replace_fields(ad, expires="not a date")


def null_expires(ad: Ad) -> Ad:
    """No expiry date, which blocks NAV's importer."""
    return _replace_fields(ad, expires=None)


def five_digit_fraction(ad: Ad) -> Ad:
    """A time with five fraction digits, as NAV's feed sends it."""
    return _replace_fields(ad, updated="2026-08-28T09:52:32.29277+02:00", published="2026-08-28T00:00:00.1+02:00")


def nine_digit_fraction(ad: Ad) -> Ad:
    """A time with nanoseconds, as Java writes it."""
    return _replace_fields(ad, updated="2026-08-28T09:52:32.292770123+02:00")


def unknown_engagement(ad: Ad) -> Ad:
    """An undocumented engagement type."""
    return _replace_fields(ad, engagementtype="Tilkallingsvikar_ny")


def unknown_extent(ad: Ad) -> Ad:
    """An extent that exists upstream, but is never sent according to NAV's source."""
    return _replace_fields(ad, extent="Heltid_og_Deltid")


def missing_keys(ad: Ad) -> Ad:
    """Missing keys instead of null."""
    gone = {"employer", "sector", "categoryList", "applicationDue", "starttime", "contactList"}
    return {key: deepcopy(value) for key, value in ad.items() if key not in gone}


def numeric_description(ad: Ad) -> Ad:
    """A number as description."""
    return _replace_fields(ad, description=42)


def location_as_object(ad: Ad) -> Ad:
    """One place instead of a list of places."""
    places = ad["workLocations"] or [{"country": "NORGE", "county": "OSLO", "municipal": "OSLO"}]
    return _replace_fields(ad, workLocations=places[0])


def employer_as_string(ad: Ad) -> Ad:
    """The employer's name instead of an object."""
    return _replace_fields(ad, employer="Nordfjell AS")


def huge_description(ad: Ad) -> Ad:
    """Two megabytes of text, like an image pasted into an editor."""
    line = "<p>Vi søker deg som er nøyaktig, blid og utholdende.</p>"
    return _replace_fields(ad, description=line * (_HUGE_BYTES // len(line.encode()) + 1))


def script_in_description(ad: Ad) -> Ad:
    """Scripts, event handlers, styles and frames, which the import API should have removed."""
    nasty = (
        '<script>alert(\'annonse\')</script><img src=x onerror="alert(1)"><p style="position:fixed;top:0" '
        "onclick='steal()'>Klikk</p><style>body{display:none}</style><iframe src=https://ond.example></iframe>"
        '<svg/onload=alert(2)><math><mi//xlink:href="data:x,<script>alert(3)</script>">'
    )
    return _replace_fields(ad, description=nasty + ad["description"])


def script_links(ad: Ad) -> Ad:
    """Links that run scripts, in the fields and in the text."""
    employer = {**ad["employer"], "homepage": "javascript:alert(document.domain)"}
    text = '<p><a href="javascript:alert(1)">Søk her</a> <a href=" jav&#x09;ascript:alert(2)">eller her</a></p>'
    return _replace_fields(
        ad,
        applicationUrl="javascript:alert(document.cookie)",
        sourceurl="JaVaScRiPt:void(0)",
        employer=employer,
        description=text + ad["description"],
    )


def script_in_plain_fields(ad: Ad) -> Ad:
    """Markup in plain-text fields: detects a page that does not escape one of them."""
    return _replace_fields(
        ad,
        title="<script>alert('tittel')</script> Kokk & servitør",
        employer={**ad["employer"], "name": '"><img src=x onerror=alert(1)> AS'},
        applicationDue="<b>snarest</b>",
    )


def double_escaped(ad: Ad) -> Ad:
    """HTML escaped once too often, so that tags appear as text."""
    escaped = ad["description"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _replace_fields(ad, description=escaped)


def quoted_words(ad: Ad) -> Ad:
    """Words in escaped angle brackets, which disappear if text is unescaped before tags are stripped."""
    return _replace_fields(ad, description="<p>Merk søknaden &lt;vikar&gt; og &lt;navn&gt;.</p>" + ad["description"])


def right_to_left(ad: Ad) -> Ad:
    """Characters that change the direction of writing: the title is displayed differently than it is stored."""
    return _replace_fields(ad, title="\u202eredieprakys\u202c " + ad["title"], jobtitle="\u2066kokk\u2069\u200f")


def abroad_without_county(ad: Ad) -> Ad:
    """A place abroad, with an empty county and no municipality."""
    place = {"country": "SPANIA", "address": "", "city": "Torrevieja", "postalCode": "03181", "county": "", "municipal": ""}
    return _replace_fields(ad, workLocations=[place])


def no_place(ad: Ad) -> Ad:
    """No location."""
    return _replace_fields(ad, workLocations=[])


def no_categories(ad: Ad) -> Ad:
    """An ad without categories, which NAV could not classify."""
    return _replace_fields(ad, categoryList=[], occupationCategories=[], jobtitle="")


def unknown_category(ad: Ad) -> Ad:
    """An unknown classification and an unknown occupation."""
    row = {"categoryType": "PYRK20", "code": "x-1", "name": "Romskipfører", "description": "", "score": 0.5}
    label = {"level1": "Romfart", "level2": "Romskip"}
    return _replace_fields(ad, categoryList=[row], occupationCategories=[label])


def closed_before_published(ad: Ad) -> Ad:
    """An expiry date before the publication date."""
    return _replace_fields(ad, published="2026-08-28T00:00:00+02:00", expires="2026-08-01T00:00:00+02:00")


def lone_surrogate(ad: Ad) -> Ad:
    """Half a surrogate pair, from an emoji cut by a length limit: valid JSON, but invalid UTF-8."""
    return _replace_fields(ad, title=ad["title"].strip() + " \ud83d")


_ALL: tuple[Callable[[Ad], Ad], ...] = (
    nul_in_description, nul_in_title, long_title, empty_title, null_lists, numeric_positioncount, wordy_positioncount,
    bad_published, bad_expires, null_expires, five_digit_fraction, nine_digit_fraction, unknown_engagement,
    unknown_extent, missing_keys, numeric_description, location_as_object, employer_as_string, huge_description,
    script_in_description, script_links, script_in_plain_fields, double_escaped, quoted_words, right_to_left,
    abroad_without_county, no_place, no_categories, unknown_category, closed_before_published, lone_surrogate,
)  # fmt: skip
MALFORMED: dict[str, Callable[[Ad], Ad]] = {variant.__name__: variant for variant in _ALL}
"""All variants by name."""
