"""Ads that are wrong in a named way, for tests and for the faults of the stand-in.

Each takes a good `ad_content` and returns a spoilt copy; the one that was given is left alone.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

Ad = dict[str, Any]
_HUGE_BYTES = 2_000_000


def _with(ad: Ad, **changes: Any) -> Ad:
    """A deep copy with some fields replaced."""
    copy = deepcopy(ad)
    copy.update(changes)
    return copy


def nul_in_description(ad: Ad) -> Ad:
    """NUL characters reach the description, and databases refuse them."""
    return _with(ad, description=ad["description"] + "<p>Slutt\u0000p\u0000å annonsen</p>")


def nul_in_title(ad: Ad) -> Ad:
    """A NUL in the title, which the real server refuses for a whole batch but an older copy may hold."""
    return _with(ad, title=ad["title"] + "\u0000")


def long_title(ad: Ad) -> Ad:
    """A title of 600 characters, longer than the feed's own column of 500."""
    return _with(ad, title=(ad["title"].strip() + " med lang, lang og enda lengre tittel ").ljust(600, "x")[:600])


def empty_title(ad: Ad) -> Ad:
    """A title that was null upstream arrives as an empty string."""
    return _with(ad, title="")


def null_lists(ad: Ad) -> Ad:
    """Lists that consumers have seen as null: contacts, places, categories."""
    return _with(ad, contactList=None, workLocations=None, categoryList=None, occupationCategories=None)


def numeric_positioncount(ad: Ad) -> Ad:
    """A number where the feed has a string of digits."""
    return _with(ad, positioncount=3)


def wordy_positioncount(ad: Ad) -> Ad:
    """Words where the feed has a string of digits."""
    return _with(ad, positioncount="flere")


def bad_published(ad: Ad) -> Ad:
    """A day that does not exist as the day of publication."""
    return _with(ad, published="2026-02-30T00:00:00+01:00")


def bad_expires(ad: Ad) -> Ad:
    """Words as the last day."""
    return _with(ad, expires="not a date")


def null_expires(ad: Ad) -> Ad:
    """No last day at all, which holds up the real importer."""
    return _with(ad, expires=None)


def five_digit_fraction(ad: Ad) -> Ad:
    """A time with five digits of a second, as the real feed has them."""
    return _with(ad, updated="2026-08-28T09:52:32.29277+02:00", published="2026-08-28T00:00:00.1+02:00")


def nine_digit_fraction(ad: Ad) -> Ad:
    """A time in nanoseconds, as Java writes it."""
    return _with(ad, updated="2026-08-28T09:52:32.292770123+02:00")


def unknown_engagement(ad: Ad) -> Ad:
    """A kind of employment that nobody has told about."""
    return _with(ad, engagementtype="Tilkallingsvikar_ny")


def unknown_extent(ad: Ad) -> Ad:
    """The extent that upstream knows and the feed is said never to show."""
    return _with(ad, extent="Heltid_og_Deltid")


def missing_keys(ad: Ad) -> Ad:
    """Keys that are absent rather than null."""
    gone = {"employer", "sector", "categoryList", "applicationDue", "starttime", "contactList"}
    return {key: deepcopy(value) for key, value in ad.items() if key not in gone}


def numeric_description(ad: Ad) -> Ad:
    """A number as the description."""
    return _with(ad, description=42)


def location_as_object(ad: Ad) -> Ad:
    """One place where a list of places belongs."""
    places = ad["workLocations"] or [{"country": "NORGE", "county": "OSLO", "municipal": "OSLO"}]
    return _with(ad, workLocations=places[0])


def employer_as_string(ad: Ad) -> Ad:
    """The employer's name where its object belongs."""
    return _with(ad, employer="Nordfjell AS")


def huge_description(ad: Ad) -> Ad:
    """Two megabytes of text, as a picture pasted into an editor becomes."""
    line = "<p>Vi søker deg som er nøyaktig, blid og utholdende.</p>"
    return _with(ad, description=line * (_HUGE_BYTES // len(line.encode()) + 1))


def script_in_description(ad: Ad) -> Ad:
    """Script, handlers, style and frames that the import's own cleaning should have removed."""
    nasty = (
        '<script>alert(\'annonse\')</script><img src=x onerror="alert(1)"><p style="position:fixed;top:0" '
        "onclick='steal()'>Klikk</p><style>body{display:none}</style><iframe src=https://ond.example></iframe>"
        '<svg/onload=alert(2)><math><mi//xlink:href="data:x,<script>alert(3)</script>">'
    )
    return _with(ad, description=nasty + ad["description"])


def script_links(ad: Ad) -> Ad:
    """Links that run code, in the fields and in the text."""
    employer = {**ad["employer"], "homepage": "javascript:alert(document.domain)"}
    text = '<p><a href="javascript:alert(1)">Søk her</a> <a href=" jav&#x09;ascript:alert(2)">eller her</a></p>'
    return _with(
        ad,
        applicationUrl="javascript:alert(document.cookie)",
        sourceurl="JaVaScRiPt:void(0)",
        employer=employer,
        description=text + ad["description"],
    )


def script_in_plain_fields(ad: Ad) -> Ad:
    """Markup in fields that are plain text: a page that forgets to escape one is found out."""
    return _with(
        ad,
        title="<script>alert('tittel')</script> Kokk & servitør",
        employer={**ad["employer"], "name": '"><img src=x onerror=alert(1)> AS'},
        applicationDue="<b>snarest</b>",
    )


def double_escaped(ad: Ad) -> Ad:
    """HTML escaped once more than it should be, so that tags show as text."""
    escaped = ad["description"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _with(ad, description=escaped)


def quoted_words(ad: Ad) -> Ad:
    """Words in escaped angle brackets, which vanish where text is unescaped before tags are stripped."""
    return _with(ad, description="<p>Merk søknaden &lt;vikar&gt; og &lt;navn&gt;.</p>" + ad["description"])


def right_to_left(ad: Ad) -> Ad:
    """Characters that turn the direction of writing, so that a title reads otherwise than it is stored."""
    return _with(ad, title="\u202eredieprakys\u202c " + ad["title"], jobtitle="\u2066kokk\u2069\u200f")


def abroad_without_county(ad: Ad) -> Ad:
    """A place in another country, with an empty county and no municipality."""
    place = {"country": "SPANIA", "address": "", "city": "Torrevieja", "postalCode": "03181", "county": "", "municipal": ""}
    return _with(ad, workLocations=[place])


def no_place(ad: Ad) -> Ad:
    """No place of work at all."""
    return _with(ad, workLocations=[])


def no_categories(ad: Ad) -> Ad:
    """An ad that NAV could not classify."""
    return _with(ad, categoryList=[], occupationCategories=[], jobtitle="")


def unknown_category(ad: Ad) -> Ad:
    """A kind of classification and an occupation that are in no table."""
    row = {"categoryType": "PYRK20", "code": "x-1", "name": "Romskipfører", "description": "", "score": 0.5}
    label = {"level1": "Romfart", "level2": "Romskip"}
    return _with(ad, categoryList=[row], occupationCategories=[label])


def closed_before_published(ad: Ad) -> Ad:
    """A last day before the first."""
    return _with(ad, published="2026-08-28T00:00:00+02:00", expires="2026-08-01T00:00:00+02:00")


def lone_surrogate(ad: Ad) -> Ad:
    """Half of an emoji, cut off by a limit on length; it is valid JSON and invalid UTF-8."""
    return _with(ad, title=ad["title"].strip() + " \ud83d")


_ALL: tuple[Callable[[Ad], Ad], ...] = (
    nul_in_description, nul_in_title, long_title, empty_title, null_lists, numeric_positioncount, wordy_positioncount,
    bad_published, bad_expires, null_expires, five_digit_fraction, nine_digit_fraction, unknown_engagement,
    unknown_extent, missing_keys, numeric_description, location_as_object, employer_as_string, huge_description,
    script_in_description, script_links, script_in_plain_fields, double_escaped, quoted_words, right_to_left,
    abroad_without_county, no_place, no_categories, unknown_category, closed_before_published, lone_surrogate,
)  # fmt: skip
ODDITIES: dict[str, Callable[[Ad], Ad]] = {oddity.__name__: oddity for oddity in _ALL}
"""Every oddity by its name."""
