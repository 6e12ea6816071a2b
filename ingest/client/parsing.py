"""What NAV's feed sends, read into typed values or rejected by name. Pure: no network, no database, no clock.

Lenient where the meaning survives (a number where text was promised is text; a broken list is an empty one), strict
where it does not (an ad without a last day cannot be shown for the right time; another ad's text must not be stored).
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

from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData, OccupationData, VacancyData

OSLO = ZoneInfo("Europe/Oslo")
ACTIVE, INACTIVE, MASKED = "ACTIVE", "INACTIVE", "MASKED"
"""What the lines of an ad say of it, see `FeedLine.says`; the first two are also the words of the wire."""
MASK = "..."
"""The title of a line whose ad was stopped, deleted or rejected ("NAV's server does so")."""
BLANKS = frozenset({"", "?"})
"""What the server writes where it has nothing to say: `?` for null and for what its clean-up emptied."""


DEEPEST = 40
"""Levels of nesting that are kept; an ad has six. Python, SQLite and PostgreSQL each fail somewhere above some hundreds."""
LONGEST_NUMBER = 300
"""Digits of a whole number that is kept."""


class BadMessage(Exception):
    """A message that cannot be read. `reason` is one short name; the text is a sentence for the administrator."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class BadPage(BadMessage):
    """The answer is not a feed page at all: nothing may be concluded from it, and the cursor stays."""


class BadEntry(BadMessage):
    """One ad's detail is wrong in a way that asking again does not mend. Concerns that ad only."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One line of the feed. Its texts are for people to look at: a line never writes an ad, it closes or queues one."""

    uuid: UUID
    status: str
    title: str = ""
    business_name: str = ""
    municipal: str = ""
    time: dt.datetime | None = None
    """When the row was put on the feed; not the ad's own time of change, with which it must not be compared."""
    masked: bool = False
    """NAV has taken back title and employer: what we hold of them goes too."""
    unknown_status: str = ""
    """The word that was sent where it is neither ACTIVE nor INACTIVE; such a line counts as INACTIVE."""

    @property
    def says(self) -> str:
        """`ACTIVE`, `INACTIVE`, or `MASKED`: inactive, with title and employer withdrawn."""
        return MASKED if self.masked else self.status

    def following(self, before: FeedLine | None) -> FeedLine:
        """This line with the effect of the line `before` it of the same ad: a title that was withdrawn stays withdrawn
        until the ad is active again, as it does when the lines are read one by one."""
        carried = before is not None and before.masked and self.status != ACTIVE
        return replace(self, masked=True) if carried and not self.masked else self

    @property
    def fingerprint(self) -> str:
        """Tells this line from others on a page that is read again. Lines have no id of their own on the wire."""
        return f"{self.uuid}|{self.status}|{self.time.isoformat() if self.time else ''}|{int(self.masked)}"


@dataclass(frozen=True, slots=True)
class RejectedLine:
    position: int
    reason: str
    uuid: UUID | None = None
    """Where the line at least names its ad, that ad's detail can be asked what the line failed to say."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    id: str
    next_id: str | None
    lines: tuple[FeedLine, ...]
    rejected: tuple[RejectedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """The detail exists and says that the ad is not active, or says ACTIVE and has nothing to show."""

    uuid: UUID


class TooDeep(ValueError):
    """JSON nested more deeply than a program can read (some 1,000 levels): asking again gives the same."""


def read_json(body: bytes) -> Any:
    """The object or list of a JSON body. Raises `ValueError` for what is neither, `TooDeep`, or not UTF-8.

    What JSON writes and no database takes (NUL, lone surrogates, infinite numbers, whole numbers of 1,000 digits) is
    removed here, once for all fields; values nested more than `DEEPEST` levels are dropped.
    """
    try:
        value = json.loads(body, parse_constant=lambda _: None, parse_float=_finite, parse_int=_whole)
    except RecursionError:
        raise TooDeep("nested too deeply") from None
    if not isinstance(value, dict | list):
        raise ValueError("neither an object nor a list")
    return _cleaned(value)


def read_page(payload: Any) -> FeedPage:
    """A feed page ("Feed page" and "Feed item" in NAV's documentation). Raises `BadPage` where its shape is wrong.

    A single bad line is rejected by name and leaves the others alone; if every one of many is bad, the format has
    changed and the page as a whole says nothing.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("items"), list):
        raise BadPage("shape", "The feed page has no list of items.")
    page_id, next_id = _uuid(payload.get("id")), payload.get("next_id")
    if page_id is None:
        raise BadPage("shape", "The feed page does not say its id.")
    if next_id is not None and _uuid(next_id) is None:
        # It becomes a part of an address, so nothing but a uuid may pass.
        raise BadPage("next_id", "The feed page names a next page that is no id.")
    lines: list[FeedLine] = []
    rejected: list[RejectedLine] = []
    for position, item in enumerate(payload["items"]):
        line = read_line(item, position)
        if isinstance(line, RejectedLine):
            rejected.append(line)
        else:
            lines.append(line)
    if not lines and len(rejected) > 2:  # a tail of one or two lines may be bad by chance
        raise BadPage("shape", f"None of the {len(rejected)} lines of the page can be read: {rejected[0].reason}.")
    return FeedPage(str(page_id), str(_uuid(next_id)) if next_id is not None else None, tuple(lines), tuple(rejected))


def read_line(item: Any, position: int = 0) -> FeedLine | RejectedLine:
    """One item of a page. Only the ad's uuid and a status are needed; a line without title closes its ad all the same."""
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
        # A missing status closes nothing: should the field ever be renamed, every ad would be closed.
        return RejectedLine(position, "no status", uuid)
    word = status.strip().upper()
    title, business = _text(entry.get("title")), _text(entry.get("businessName"))
    return FeedLine(
        uuid=uuid,
        status=ACTIVE if word == ACTIVE else INACTIVE,
        title=title,
        business_name=business,
        municipal=_text(entry.get("municipal")),
        time=read_time(entry.get("sistEndret") or item.get("date_modified")),
        masked=word != ACTIVE and (title.strip() == MASK or (title in BLANKS and business in BLANKS)),
        unknown_status="" if word in (ACTIVE, INACTIVE) else _text(status)[:40],
    )


def read_detail(uuid: UUID, payload: Any) -> VacancyData | Gone:
    """The detail of the ad that was asked for ("Feed entry" in NAV's documentation). Raises `BadEntry` by name.

    The content's key is `ad_content`; NAV's documentation shows `json`, which is read as well.
    """
    if not isinstance(payload, dict):
        raise BadEntry("shape", "The detail is not an object.")
    told = _uuid(payload.get("uuid"))
    if told is not None and told != uuid:
        raise BadEntry("uuid", f"The detail is that of another ad, {told}.")
    status = payload.get("status")
    if not isinstance(status, str) or not status.strip():
        raise BadEntry("status", "The detail does not say whether the ad is active.")
    content = payload.get("ad_content")
    if content is None:
        content = payload.get("json")
    if status.strip().upper() != ACTIVE or content is None:
        return Gone(uuid)
    if not isinstance(content, dict):
        raise BadEntry("shape", "The ad's content is not an object.")
    inner = _uuid(content.get("uuid"))
    if (inner or told) is None:
        raise BadEntry("uuid", "The detail does not say which ad it is.")
    if inner is not None and inner != uuid:
        raise BadEntry("uuid", f"The content is that of another ad, {inner}.")
    return _vacancy(uuid, content)


def read_time(value: Any) -> dt.datetime | None:
    """An ISO 8601 time, aware; None if it is none, or outside the years that a database and a calendar can hold.

    Java writes 0 to 9 digits of a second's fraction and leaves out seconds that are zero. Without an offset it is Oslo
    time. Years from 9999 on mean "no end" and become the end of 9998, so that a day can still be added to it.
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
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=_zone(zone),
        )  # fmt: skip
    except ValueError:
        return None
    return moment


_TIME = re.compile(
    r"\+?(\d{4,9})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{0,12}))?)?)?\s*(Z|z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


def _zone(text: str | None) -> dt.tzinfo:
    if not text:
        return OSLO
    if text in "Zz":
        return dt.UTC
    # Java writes seconds too, +00:53:28, for times before a country had time zones.
    digits = text[1:].replace(":", "").ljust(6, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:]))
    return dt.timezone(offset if text[0] == "+" else -offset)


def _vacancy(uuid: UUID, content: dict[str, Any]) -> VacancyData:
    expires = read_time(content.get("expires"))
    if expires is None:
        # Without its last day the ad could be shown for ever: the law says that nothing inactive is shown.
        raise BadEntry("expires", f"The ad's last day is not a date: {_shown(content.get('expires'))}.")
    field = content.get
    told = field("employer")
    employer: dict[str, Any] = told if isinstance(told, dict) else {}
    return VacancyData(
        uuid=uuid,
        expires=expires,
        title=_text(field("title")),
        description=_text(field("description")),
        published=read_time(field("published")),
        updated=read_time(field("updated")),
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
    """Text as sent; a number as its digits; anything else is nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _uuid(value: Any) -> UUID | None:
    if not isinstance(value, str) or len(value) != 36:  # UUID() also takes braces, urn: and bare digits
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def _shown(value: Any) -> str:
    return repr(value)[:60]


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _whole(text: str) -> int | None:
    # Python itself refuses more than 4,300 digits, and with them the whole message.
    return int(text) if len(text) <= LONGEST_NUMBER else None


def _cleaned(value: Any, level: int = 0) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_cleaned(item, level + 1) for item in value] if level < DEEPEST else None
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item, level + 1) for key, item in value.items()} if level < DEEPEST else None
    return value
