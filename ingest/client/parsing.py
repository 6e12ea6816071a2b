"""Parsers of the feed's JSON: pages, lines and details. Pure functions: no network, no database, no clock.

Lenient where the meaning is still clear (a number in a text field becomes text; an invalid list becomes an empty one), strict
where it is not (an ad without an expiry date cannot be hidden in time; another ad's text must not be stored).
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from jobsearch.core.json_values import sanitise_json
from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData, OccupationData, VacancyData

OSLO = ZoneInfo("Europe/Oslo")
ACTIVE, INACTIVE, MASKED = "ACTIVE", "INACTIVE", "MASKED"
"""Values of `FeedLine.stated_status`; the first two are also the status values that the feed sends."""
MASK = "..."
"""Title that NAV's server writes on the line of an ad that was stopped, deleted or rejected."""
BLANKS = frozenset({"", "?"})
"""Empty values on a line: NAV's server writes `?` for null and for fields that its clean-up emptied."""


MAX_DIGITS = 300
"""Maximum digits of an integer that is kept."""


class FeedFormatError(Exception):
    """A message that cannot be parsed. `reason` is a short key; the text is a sentence for the administrator."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class PageFormatError(FeedFormatError):
    """The response is not a feed page: nothing can be concluded from it, and the cursor does not move."""


class DetailFormatError(FeedFormatError):
    """One ad's detail is invalid in a way that a retry does not change. Concerns that ad only.

    `field`: the field that is wrong, "" for the whole. `received`: its redacted copy (`redacted_details`);
    "" where there is none.
    """

    def __init__(self, reason: str, sentence: str, field: str = "") -> None:
        super().__init__(reason, sentence)
        self.field, self.received = field, ""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One line of the feed: an ad was published, changed or closed.

    A line's texts are never stored in an ad: a line only deactivates an ad or queues the fetch of its detail.
    """

    uuid: UUID
    status: str
    title: str = ""
    business_name: str = ""
    municipal: str = ""
    time: dt.datetime | None = None
    """When NAV added the line to the feed. Not comparable with `VacancyData.updated`, the time when the ad was edited."""
    masked: bool = False
    """NAV has withdrawn title and employer, so the stored ones must be deleted as well."""
    unknown_status: str = ""
    """The status that was sent if it is neither ACTIVE nor INACTIVE; such a line counts as INACTIVE."""

    @property
    def stated_status(self) -> str:
        """`ACTIVE`, `INACTIVE`, or `MASKED` (inactive, with title and employer withdrawn)."""
        return MASKED if self.masked else self.status

    def inherit_mask(self, before: FeedLine | None) -> FeedLine:
        """Returns this line, masked if the ad's line `before` it was masked.

        A withdrawn title stays withdrawn until the ad is active again. Gives the same result as applying the lines one by one.
        """
        carried = before is not None and before.masked and self.status != ACTIVE
        return replace(self, masked=True) if carried and not self.masked else self

    @property
    def fingerprint(self) -> str:
        """Identifies this line on a page that is read again. The feed sends no id for a line."""
        return f"{self.uuid}|{self.status}|{self.time.isoformat() if self.time else ''}|{int(self.masked)}"


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that cannot be parsed, by its position on the page."""

    position: int
    reason: str
    uuid: UUID | None = None
    """The line's ad, if at least that is valid: its detail is then fetched instead."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of the feed. `id` is the id of its first line, `next_id` that of the next page, or None on the last page."""

    id: str
    next_id: str | None
    lines: tuple[FeedLine, ...]
    rejected: tuple[RejectedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class InactiveDetail:
    """A detail whose ad is not active, or that has status ACTIVE but no content."""

    uuid: UUID


class NestingTooDeep(ValueError):
    """JSON nested more deeply than Python can parse (about 1,000 levels): a retry gives the same result."""


def parse_json(body: bytes) -> Any:
    """Parses a JSON body to an object or a list. Raises `ValueError` for anything else or invalid UTF-8, `NestingTooDeep`.

    Values that JSON allows and databases refuse (NUL, lone surrogates, infinite numbers, integers of 1,000 digits) are
    removed here, for all fields at once; values nested deeper than `core.json_values.MAX_DEPTH` levels are dropped.
    """
    try:
        value = json.loads(body, parse_constant=lambda _: None, parse_float=_parse_float, parse_int=_parse_int)
    except RecursionError:
        raise NestingTooDeep("nested too deeply") from None
    if not isinstance(value, dict | list):
        raise ValueError("neither an object nor a list")
    return sanitise_json(value, surrogate="?")


def parse_page(payload: Any) -> FeedPage:
    """Parses a feed page ("Feed page" and "Feed item" in NAV's documentation). Raises `PageFormatError` for a wrong structure.

    A single invalid line is rejected without affecting the others; if every line of many is invalid, the feed's format has
    changed and the whole page is rejected.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("items"), list):
        raise PageFormatError("shape", "The feed page has no list of items.")
    page_id, next_id = _uuid(payload.get("id")), payload.get("next_id")
    if page_id is None:
        raise PageFormatError("shape", "The feed page does not say its id.")
    if next_id is not None and _uuid(next_id) is None:
        # It becomes part of a URL, so only a uuid is accepted.
        raise PageFormatError("next_id", "The feed page names a next page that is no id.")
    lines: list[FeedLine] = []
    rejected: list[RejectedLine] = []
    for position, item in enumerate(payload["items"]):
        line = parse_line(item, position)
        if isinstance(line, RejectedLine):
            rejected.append(line)
        else:
            lines.append(line)
    if not lines and len(rejected) > 2:  # the one or two lines of a last page may be invalid by chance
        raise PageFormatError("shape", f"None of the {len(rejected)} lines of the page can be read: {rejected[0].reason}.")
    return FeedPage(str(page_id), str(_uuid(next_id)) if next_id is not None else None, tuple(lines), tuple(rejected))


def parse_line(item: Any, position: int = 0) -> FeedLine | RejectedLine:
    """Parses one item of a page. Only the ad's uuid and a status are required: an INACTIVE line without title is valid."""
    if not isinstance(item, dict):
        return RejectedLine(position, "not an object")
    entry = item.get("_feed_entry")
    if not isinstance(entry, dict):
        return RejectedLine(position, "no _feed_entry", _uuid(item.get("id")))
    uuid = _uuid(entry.get("uuid")) or _uuid(item.get("id"))
    if uuid is None:
        return RejectedLine(position, "no uuid of an ad")
    status = entry.get("status")
    if not isinstance(status, str) or not status.strip():
        # A missing status deactivates nothing: if NAV ever renames the field, every ad would be deactivated.
        return RejectedLine(position, "no status", uuid)
    word = status.strip().upper()
    title, business = _text(entry.get("title")), _text(entry.get("businessName"))
    return FeedLine(
        uuid=uuid,
        status=ACTIVE if word == ACTIVE else INACTIVE,
        title=title,
        business_name=business,
        municipal=_text(entry.get("municipal")),
        time=parse_time(entry.get("sistEndret") or item.get("date_modified")),
        masked=word != ACTIVE and (title.strip() == MASK or (title in BLANKS and business in BLANKS)),
        unknown_status="" if word in (ACTIVE, INACTIVE) else _text(status)[:40],
    )


def parse_detail(uuid: UUID, payload: Any) -> VacancyData | InactiveDetail:
    """Parses the detail of the requested ad ("Feed entry" in NAV's documentation). Raises `DetailFormatError`.

    The content is under the key `ad_content`; NAV's documentation shows `json`, which is accepted as well.
    """
    if not isinstance(payload, dict):
        raise DetailFormatError("shape", "The detail is not an object.")
    outer = _uuid(payload.get("uuid"))
    if outer is not None and outer != uuid:
        raise DetailFormatError("uuid", f"The detail is that of another ad, {outer}.", "uuid")
    status = payload.get("status")
    if not isinstance(status, str) or not status.strip():
        raise DetailFormatError("status", "The detail does not say whether the ad is active.", "status")
    content = payload.get("ad_content")
    if content is None:
        content = payload.get("json")
    if status.strip().upper() != ACTIVE or content is None:
        return InactiveDetail(uuid)
    if not isinstance(content, dict):
        raise DetailFormatError("shape", "The ad's content is not an object.", "ad_content")
    inner = _uuid(content.get("uuid"))
    if (inner or outer) is None:
        raise DetailFormatError("uuid", "The detail does not say which ad it is.", "uuid")
    if inner is not None and inner != uuid:
        raise DetailFormatError("uuid", f"The content is that of another ad, {inner}.", "ad_content.uuid")
    return _parse_content(uuid, content)


def parse_time(value: Any) -> dt.datetime | None:
    """Parses an ISO 8601 time to an aware datetime; None if it is invalid or outside the years that the database can hold.

    Java writes a fraction of 0 to 9 digits and omits seconds that are zero. A time without offset is Oslo time. Years from
    9999 on mean "no end" and become the end of 9998, so that a day can still be added.
    """
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        if int(year) >= 9999:
            return dt.datetime(9998, 12, 31, tzinfo=dt.UTC)
        if int(year) < 1900:
            return None
        moment = dt.datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(int(second or 0), 59),
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=_parse_offset(zone),
        )  # fmt: skip
    except ValueError:
        return None
    return moment


_TIME = re.compile(
    r"\+?(\d{4,9})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{0,12}))?)?)?\s*(Z|z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


def _parse_offset(text: str | None) -> dt.tzinfo:
    if not text:
        return OSLO
    if text in "Zz":
        return dt.UTC
    # Java also writes seconds (+00:53:28) in the offset of times before a country had time zones.
    digits = text[1:].replace(":", "").ljust(6, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:]))
    return dt.timezone(offset if text[0] == "+" else -offset)


def _parse_content(uuid: UUID, content: dict[str, Any]) -> VacancyData:
    expires = parse_time(content.get("expires"))
    if expires is None:
        # Without an expiry date the ad would never be hidden; NAV's terms of use forbid showing inactive ads.
        sentence = f"The ad's last day is not a date: {_abbreviate(content.get('expires'))}."
        raise DetailFormatError("expires", sentence, "ad_content.expires")
    field = content.get
    sent = field("employer")
    employer: dict[str, Any] = sent if isinstance(sent, dict) else {}
    return VacancyData(
        uuid=uuid,
        expires=expires,
        title=_text(field("title")),
        description=_text(field("description")),
        published=parse_time(field("published")),
        updated=parse_time(field("updated")),
        employer_name=_text(employer.get("name")),
        employer_orgnr=_text(employer.get("orgnr")),
        employer_homepage=_text(employer.get("homepage")),
        employer_description=_text(employer.get("description")),
        job_title=_text(field("jobtitle")),
        source=_text(field("source")),
        source_url=_text(field("sourceurl")),
        application_url=_text(field("applicationUrl")),
        application_due=_text(field("applicationDue")),
        engagement=_text(field("engagementtype")),
        extent=_text(field("extent")),
        sector=_text(field("sector")),
        start=_text(field("starttime")),
        position_count=_text(field("positioncount")),
        locations=tuple(
            LocationData(*(_text(place.get(key)) for key in _LOCATION)) for place in _objects(field("workLocations"))
        ),
        contacts=tuple(
            contact
            for contact in (
                ContactData(*(_text(person.get(key)) for key in _CONTACT)) for person in _objects(field("contactList"))
            )
            if contact != ContactData()
        ),
        occupations=tuple(
            OccupationData(_text(item.get("level1")), _text(item.get("level2")))
            for item in _objects(field("occupationCategories"))
            if _text(item.get("level1")) or _text(item.get("level2"))
        ),
        categories=tuple(
            CategoryData(_text(item.get("categoryType")), _text(item.get("code")), _text(item.get("name")))
            for item in _objects(field("categoryList"))
        ),
        raw={key: value for key, value in content.items() if key != "contactList"},
    )


# In the order of the fields of `LocationData` and `ContactData`.
_LOCATION = ("country", "county", "municipal", "city", "postalCode", "address")
_CONTACT = ("name", "email", "phone", "role", "title")


def _text(value: Any) -> str:
    """Converts a value to text: text as sent, a number as its digits, anything else as an empty string."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _uuid(value: Any) -> UUID | None:
    if not isinstance(value, str) or len(value) != 36:  # UUID() also accepts braces, urn: and digits without hyphens
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def _abbreviate(value: Any) -> str:
    return repr(value)[:60]


def _parse_float(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _parse_int(text: str) -> int | None:
    # Python itself refuses more than 4,300 digits, and would so reject the whole message.
    return int(text) if len(text) <= MAX_DIGITS else None
