"""Parser for deadlines and start dates in free text (`applicationDue`, `starttime`): a date, "at once" or "continuously".

A date is read only where the text can mean one date: "Frist: 15.12.2026", "tirsdag 15. desember", "20261215", "15/12-26 kl. 12".
A date without a year is the next such day from the publishing date on. A year outside 2000-2099 is a typing error ("2206") or
means "no end" (9999); so does a two-digit year more than two years ahead. Such a text gives no date and is shown as it is.
"""

from __future__ import annotations

import datetime as dt
import re

from .visibility import OSLO

_READ = 500  # characters; as long as the field is stored
_FIRST, _LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
_AHEAD = dt.timedelta(days=2 * 366)

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar mars mrs march|apr april|mai may|jun juni june|jul juli july|aug august"
        "|sep sept september|okt oct oktober october|nov november|des dec desember december".split("|"),
        start=1,
    )
    for name in [*names.split(), *({1: ["januar"], 2: ["februar"]}.get(number, []))]
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>\d{4}|['’]?[2-9]\d)(?![\d:])"
# After the name of a month: "10. des, 12. des" and "15. des 12.30" have no year.
_YEAR_AFTER_NAME = r"(?P<year>\d{4}(?![\d:])|['’]?[2-9]\d(?![\d:]|\.\d|\.?\s?[a-zæøå]))"

_ISO = re.compile(
    r"(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?:[t ]\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?\s?(?:z|[+-]\d\d:?\d\d)?(?![\d-])", re.ASCII
)
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_TIME = re.compile(r"\b(?:kl|klokken|klokka|at)\.? ?\d{1,2}(?:[.:]\d\d)?\b|\b\d{1,2}:\d\d(?::\d\d)?\b", re.ASCII)
_WITH_YEAR = [
    re.compile(rf"(?<![\d.,])(?P<day>\d{{1,2}})\s?[./\-]\s?(?P<month>\d{{1,2}})\s?[./\-]\s?{_YEAR}", re.ASCII),
    # Separated by spaces alone it could be a phone number, so it must end with a four-digit year.
    re.compile(r"(?<![\d.,])(?P<day>\d{1,2})\.? (?P<month>\d{1,2})\.? (?P<year>20\d\d)(?!\d)", re.ASCII),
    re.compile(r"(?<![\d.,])(?P<year>\d{4})\s?[./]\s?(?P<month>\d{1,2})\s?[./]\s?(?P<day>\d{1,2})(?!\d)", re.ASCII),
    re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)", re.ASCII),
]
_OF = r"\s?(?:st|nd|rd|th)?\.?\s?(?:of )?\s?-?\s?"
_NAMED = [
    re.compile(
        rf"(?<![\d.,])(?P<day>\d{{1,2}}){_OF}(?P<month>{_MONTH})(?![a-zæøå])\.?(?:(?:-|[\s,]{{0,2}}){_YEAR_AFTER_NAME})?",
        re.ASCII,
    ),
    re.compile(rf"\b(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.])(?:,? {_YEAR_AFTER_NAME})?", re.ASCII),
]
_NO_YEAR = re.compile(
    r"(?<![\d.,])(?:\d{1,2}\s?[./]\s?\d{1,2}\.?\s?[\-–]\s?)?(?P<day>\d{1,2})\s?[./]\s?(?P<month>\d{1,2})(?!\.?\d)\.?(?![,/\-%])(?!\s?(?:%|prosent|kr\b|år\b|stil))",
    re.ASCII,
)
# Words that may come before a date without a year.
_WEEKDAYS = (
    "mandag|måndag|tirsdag|tysdag|onsdag|torsdag|fredag|lørdag|laurdag|søndag|sundag|monday|tuesday|wednesday|thursday|friday"
    "|saturday|sunday|ma|man|ti|tir|tirs|ty|tys|on|ons|to|tor|tors|fre|lør|lau|søn|sun|mon|tue|wed|thu|fri|sat"
)
_LABELS = "søknadsfristen?|søknads ?frist|søkefrist|frist(?:en)?|application deadline|deadline"
_BEFORE = re.compile(
    rf"[\W_]*+(?:(?:{_LABELS}|closing date|due date|for å søke|søk|apply|er|is|innen|innan|inntil|til|by|until|before|før|senest"
    r"|seinast|latest|no later than|at the latest|t\.?o\.?m|med|utgangen av|ny|forlenget|forlenga|utvidet|utvida|extended|to"
    r"|snarest|snarast|mulig|mogleg|asap|as soon as possible|omgående|straks|fortløpende|fortløpande|løpende|løpande|vurdering"
    rf"|og|and|men|but|den|the|on|{_WEEKDAYS})\b[\W_]*+)*+"
)
_LABEL = re.compile(rf"(?:{_LABELS})(?:(?: er| is)?\s?:\s?|(?: er| is)?\s[\-–]?\s?)", re.IGNORECASE)
_SOON = re.compile(
    r"\b(?:snarest|snarast|snarlig|snarleg|snart|omgående|omgåande|umiddelbart|straks|strakst|asap|a\.s\.a\.p|as soon as possible"
    r"|soon|soonest|immediate(?:ly)?|right away|at once|med en gang|med ein gong|med det same|fortest|fortast|hurtigst|raskest"
    r"|raskast|så fort|så raskt)\b",
    re.IGNORECASE,
)
_CONTINUOUS = re.compile(
    r"\b(?:fortløpende|fortløpande|fortlaupande|løpende|løpande|laupande|kontinuerlig|kontinuerleg|rolling|ongoing|continuous(?:ly)?"
    r"|(?:til|until|før) (?:stillingen?|stillinga|the position|rett|position|the vacancy)\b|until filled)",
    re.IGNORECASE,
)


def parse_deadline(text: str, after: dt.date | None = None) -> dt.date | None:
    """The date of a deadline, or None if the text has none; of several dates the last.

    A time with an offset is converted to its date in Oslo. `after`: the publishing date; without it, a date that has no year
    gives None.
    """
    text = text[:_READ].lower().strip()
    if not any(mark.isdigit() for mark in text):
        return None
    if found := _ISO.search(text):
        return _keep_plausible(_parse_iso_date(found.group()), None)
    text = _TIME.sub(" ", text)
    for patterns in (_WITH_YEAR, *([pattern] for pattern in _NAMED)):
        days = [day for pattern in patterns for found in pattern.finditer(text) if (day := _match_to_date(found, after))]
        if days:
            # "1.–15. desember", "første intervju 1.12.2026, frist 15.12.2026": applications are accepted until the last date.
            return max(days)
    introduction = _BEFORE.match(text)
    found = _NO_YEAR.match(text, introduction.end() if introduction else 0)
    return _match_to_date(found, after) if found else None


def is_soon(text: str) -> bool:
    """Whether the text asks for applications as soon as possible."""
    return bool(_SOON.search(text[:_READ]))


def is_continuous(text: str) -> bool:
    """Whether applications are assessed continuously, until the position is filled."""
    return bool(_CONTINUOUS.search(text[:_READ])) and not is_soon(text)


def strip_label(text: str) -> str:
    """The text without the label that the page adds itself: "Frist: etter avtale" becomes "etter avtale"."""
    found = _LABEL.match(text)
    return text[found.end() :] or text if found else text


def _parse_iso_date(text: str) -> dt.date | None:
    if len(text) > 10:
        try:
            moment = dt.datetime.fromisoformat(text.upper().replace(" +", "+").replace(" Z", "Z").replace(",", "."))
            return moment.astimezone(OSLO).date() if moment.tzinfo else moment.date()
        except (ValueError, OverflowError):
            pass
    found = _ISO_DAY.match(text)
    return _make_date(*map(int, found.group("year", "month", "day"))) if found else None


def _match_to_date(found: re.Match[str], after: dt.date | None) -> dt.date | None:
    day, name = int(found["day"]), found["month"]
    month = _MONTHS.get(name) or int(name)
    written = found.groupdict().get("year")
    if not written:
        return _find_next_date(day, month, after)
    year = int(written.lstrip("'’"))
    short = len(written.lstrip("'’")) == 2
    if short:
        year += 2000
    if month > 12 >= day:
        day, month = month, day  # 12/31/2026
    return _keep_plausible(_make_date(year, month, day), after if short else None)


def _find_next_date(day: int, month: int, after: dt.date | None) -> dt.date | None:
    if after is None:
        return None
    candidates = (_make_date(year, month, day) for year in range(after.year, after.year + 3))
    return _keep_plausible(next((one for one in candidates if one and one >= after), None), after)


def _make_date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _keep_plausible(day: dt.date | None, after: dt.date | None) -> dt.date | None:
    if day is None or not _FIRST <= day <= _LAST or (after is not None and day - after > _AHEAD):
        return None
    return day
