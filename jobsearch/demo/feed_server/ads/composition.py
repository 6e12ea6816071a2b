"""The public functions: an ad's uuid, its headline and its whole content."""

from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Any, NamedTuple
from zlib import crc32

from . import fields, titles
from .description import Writer
from .employers import domain, homepage, organisation_number
from .people import person
from .plan import Plan, plan
from .seeded_random import generator


class Headline(NamedTuple):
    """What a feed line shows of an ad; `municipal` is the first location's, upper case, or None."""

    title: str
    business_name: str
    municipal: str | None
    source: str


def uuid_for(number: int, seed: int = 1) -> str:
    """The ad's lower-case uuid, in the shape of a version 4 one."""
    raw = blake2b(f"{seed}/uuid/{number}".encode(), digest_size=16).hexdigest()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-{'89ab'[int(raw[16], 16) & 3]}{raw[17:20]}-{raw[20:]}"


def _title(decided: Plan, revision: int) -> str:
    """The title of this revision; a chain keeps its titles, since the head office edits them all or none."""
    if not revision or decided.chain:
        return decided.title
    return titles.revised(decided.title, decided.language, crc32(f"{decided.seed}/{decided.number}/{revision}".encode()))


def headline(number: int, seed: int = 1, revision: int = 0) -> Headline:
    """The little that a feed line says of an ad, without composing it."""
    decided = plan(number, seed)
    return Headline(
        title=_title(decided, revision),
        business_name=decided.employer.name,
        municipal=fields.municipal_name(decided),
        source=decided.source,
    )


def _contacts(decided: Plan, revision: int) -> list[dict[str, str | None]]:
    """Contact people: none for one ad in twenty, else one (65 %), two (25 %) or three and more (10 %)."""
    random = generator("contacts", decided.seed, decided.number)
    if random.random() < 0.052:
        return []
    roll = random.random()
    count = 1 if roll < 0.65 else 2 if roll < 0.9 else random.choice((3, 3, 3, 4))
    host = domain(decided.employer.name)
    language = decided.language if decided.language in ("nn", "en") else "nb"
    group = decided.occupation.group
    people = [person(random, host, language, group) for _ in range(count)]
    if revision % 2:
        people[-1] = person(generator("new contact", decided.seed, decided.number, revision), host, language, group)
    return people


def _stamp(moment: datetime, random: Random) -> str:
    """ISO 8601 with offset and between none and nine digits of a second, trailing zeros dropped as Java does."""
    text = moment.isoformat(timespec="microseconds")
    head, tail = text[:26], text[26:]
    if random.random() < 0.1 and moment.microsecond:
        head += f"{random.randrange(1000):03}"
    stripped = head.rstrip("0").rstrip(".") if moment.microsecond or head.endswith(".000000") else head
    return stripped + tail


def compose(
    number: int, *, published: datetime, expires: datetime, updated: datetime, seed: int = 1, revision: int = 0
) -> dict[str, Any]:
    """The whole `ad_content` of an ad, keys in the feed's order; the dates must carry an offset."""
    decided = plan(number, seed)
    uuid = uuid_for(number, seed)
    contacts = _contacts(decided, revision)
    writer = Writer(decided, published, contacts)
    description = writer.body(revision)
    rows, pairs, jobtitle = fields.categories(decided)
    source_url, application_url = fields.links(decided)
    random = generator("rest", seed, number)
    name = decided.employer.name
    # A few advertisers are registered in several rows, and some in none.
    orgnr = None if random.random() < 0.035 else organisation_number(f"{name}/{decided.employer.unit}")
    return {
        "uuid": uuid,
        "published": _stamp(published, random),
        "expires": _stamp(expires, random),
        "updated": _stamp(updated, random),
        "workLocations": fields.locations(decided),
        "contactList": contacts,
        "title": _title(decided, revision),
        "description": description,
        "sourceurl": source_url,
        "source": decided.source,
        "applicationUrl": application_url,
        "applicationDue": fields.deadline(decided, published, expires, revision),
        "occupationCategories": pairs,
        "categoryList": rows,
        "jobtitle": jobtitle,
        "link": f"https://arbeidsplassen.nav.no/stillinger/stilling/{uuid}",
        "employer": {
            "name": name,
            "orgnr": orgnr,
            "description": writer.employer_text(),
            "homepage": homepage(name, random),
        },
        "engagementtype": decided.engagement,
        "extent": "Deltid" if decided.part_time else "Heltid",
        "starttime": fields.start(decided, published),
        "positioncount": fields.positions(decided),
        "sector": fields.sector(decided),
    }
