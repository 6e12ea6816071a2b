"""Public functions of the generator: an ad's uuid, its headline and its complete content."""

from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Any, NamedTuple
from zlib import crc32

from . import fields, titles
from .description import DescriptionWriter
from .employers import homepage, make_domain, organisation_number
from .people import make_person
from .plan import Plan, plan_ad
from .seeded_random import generator


class Headline(NamedTuple):
    """The fields that a feed line shows; `municipal` is the first location's, in upper case, or None."""

    title: str
    business_name: str
    municipal: str | None
    source: str


def uuid_for(number: int, seed: int = 1) -> str:
    """The ad's lower-case uuid, in the shape of a version 4 one."""
    raw = blake2b(f"{seed}/uuid/{number}".encode(), digest_size=16).hexdigest()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-{'89ab'[int(raw[16], 16) & 3]}{raw[17:20]}-{raw[20:]}"


def _make_title(plan: Plan, revision: int) -> str:
    """The title of this revision; titles of a chain do not change, since its head office edits all or none."""
    if not revision or plan.chain:
        return plan.title
    return titles.revise_title(plan.title, plan.language, crc32(f"{plan.seed}/{plan.number}/{revision}".encode()))


def headline(number: int, seed: int = 1, revision: int = 0) -> Headline:
    """Generates the fields of a feed line, without the whole content."""
    plan = plan_ad(number, seed)
    return Headline(
        title=_make_title(plan, revision),
        business_name=plan.employer.name,
        municipal=fields.municipal_name(plan),
        source=plan.source,
    )


def _make_contacts(plan: Plan, revision: int) -> list[dict[str, str | None]]:
    """Generates the contacts: none for one ad in twenty, else one (65 %), two (25 %) or more (10 %)."""
    random = generator("contacts", plan.seed, plan.number)
    if random.random() < 0.052:
        return []
    roll = random.random()
    count = 1 if roll < 0.65 else 2 if roll < 0.9 else random.choice((3, 3, 3, 4))
    host = make_domain(plan.employer.name)
    language = plan.language if plan.language in ("nn", "en") else "nb"
    group = plan.occupation.group
    people = [make_person(random, host, language, group) for _ in range(count)]
    if revision % 2:
        people[-1] = make_person(generator("new contact", plan.seed, plan.number, revision), host, language, group)
    return people


def _format_time(moment: datetime, random: Random) -> str:
    """Formats a time as ISO 8601 with offset and 0 to 9 fraction digits, without trailing zeros like Java."""
    text = moment.isoformat(timespec="microseconds")
    head, tail = text[:26], text[26:]
    if random.random() < 0.1 and moment.microsecond:
        head += f"{random.randrange(1000):03}"
    stripped = head.rstrip("0").rstrip(".") if moment.microsecond or head.endswith(".000000") else head
    return stripped + tail


def compose(
    number: int, *, published: datetime, expires: datetime, updated: datetime, seed: int = 1, revision: int = 0
) -> dict[str, Any]:
    """Generates the complete `ad_content`, with keys in the feed's order. The dates must be aware."""
    plan = plan_ad(number, seed)
    uuid = uuid_for(number, seed)
    contacts = _make_contacts(plan, revision)
    writer = DescriptionWriter(plan, published, contacts)
    description = writer.body(revision)
    rows, pairs, jobtitle = fields.categories(plan)
    source_url, application_url = fields.links(plan)
    random = generator("rest", seed, number)
    name = plan.employer.name
    # A few employers have several organisation numbers, and some have none.
    orgnr = None if random.random() < 0.035 else organisation_number(f"{name}/{plan.employer.unit}")
    return {
        "uuid": uuid,
        "published": _format_time(published, random),
        "expires": _format_time(expires, random),
        "updated": _format_time(updated, random),
        "workLocations": fields.locations(plan),
        "contactList": contacts,
        "title": _make_title(plan, revision),
        "description": description,
        "sourceurl": source_url,
        "source": plan.source,
        "applicationUrl": application_url,
        "applicationDue": fields.deadline(plan, published, expires, revision),
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
        "engagementtype": plan.engagement,
        "extent": "Deltid" if plan.part_time else "Heltid",
        "starttime": fields.start(plan, published),
        "positioncount": fields.positions(plan),
        "sector": fields.sector(plan),
    }
