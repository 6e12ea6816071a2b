"""The ads that queries are judged over, in three sets and a sample of the first. Always the same: fixed numbers, seed and dates.

"demo" has the first 3,000 ads of the demo's generator and those of `data/added.toml`; "natural" those of `data/natural/ads.toml`;
"questions" these and those of `data/questions/ads.toml`. "sample" has a third of the generated ads of "demo", and its queries: an
ordinary test run measures this part. Judgements use only an `Ad`: the decisions that the ad was generated
from, and what a reader sees in it. Nothing here uses the search.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid5

from ingest.client.parsing import parse_detail
from jobsearch.demo.feed_server.ads import compose
from jobsearch.demo.feed_server.ads.occupations import BY_KEY
from jobsearch.demo.feed_server.ads.plan import Plan, plan_ad
from jobsearch.vacancies.ad_data import CategoryData, LocationData, OccupationData, VacancyData

from . import line_sets
from .line_sets import NATURAL, QUESTIONS

DEMO, SAMPLE = "demo", "sample"
SETS = (DEMO, SAMPLE, NATURAL, QUESTIONS)
SEED, NUMBERS = 1, range(1, 3001)
# Ads for the queries that none of every third ad answers: sykepleier-tromso, tømrer-oslo, helse-og-omsorg, cleaner-oslo.
_RARE = (856, 1300, 1953, 22, 1285, 1353, 513, 813, 1209, 268, 324, 841)
SAMPLED = sorted({*NUMBERS[1::3], *_RARE})
DATA = Path(__file__).parent / "data"
_SPACE = UUID("c1a3a1f0-6a7e-4f0e-9a53-0d9f4c1c5e21")
_NEWEST = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
_EXPIRES = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)  # far in the future: the corpus is the same on any day
_BLOCK = re.compile(r"</?(?:p|div|li|ul|ol|br|h\d|tr|td|th|table|section)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Ad:
    """What an ad is, for judging. `post`: what the vacant post is called, without decoration; `job`: key of its occupation.

    `filed`: the names that the ad is filed under (NAV's occupations, the classifications' names, its job title).
    `places`: names of its counties, municipalities and post towns, in capitals. `terms`: extent, engagement and sector.
    """

    uuid: UUID
    name: str
    job: str
    post: str
    title: str
    filed: str
    text: str
    employer: str
    language: str
    places: frozenset[str]
    terms: frozenset[str] = frozenset()


def readable(markup: str) -> str:
    """Plain text of an ad's HTML, one line a block."""
    text = html.unescape(_TAG.sub("", _BLOCK.sub("\n", markup)))
    return "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())


def corpus(name: str = DEMO) -> tuple[tuple[Ad, VacancyData], ...]:
    """Every ad of a set: what it is, and what the database stores of it."""
    return _make_corpus(name)


@lru_cache(maxsize=len(SETS))  # a call without the name would be kept a second time
def _make_corpus(name: str) -> tuple[tuple[Ad, VacancyData], ...]:
    if name in line_sets.SETS:
        return tuple(_of_lines(name))
    return *_generated(SAMPLED if name == SAMPLE else NUMBERS), *_added()


def ads(name: str = DEMO) -> Iterator[Ad]:
    return (ad for ad, _ in corpus(name))


@lru_cache(maxsize=len(SETS))
def fingerprint(name: str = DEMO) -> str:
    """Hash of the corpus, so that figures of different ones are not compared: it changes with the generator."""
    digest = hashlib.sha256()
    for ad in ads(name):
        digest.update(f"{ad.uuid}{ad.job}{ad.title}{ad.filed}{ad.text}{ad.employer}{sorted(ad.places)}".encode())
    return digest.hexdigest()[:12]


def list_demo_sample(step: int) -> list[VacancyData]:
    """What the database stores of each such generated ad of "demo", and of those of `data/added.toml`."""
    return [data for _, data in (*_generated(NUMBERS[::step]), *_added())]


def _generated(numbers: Iterable[int]) -> Iterator[tuple[Ad, VacancyData]]:
    for number in numbers:
        decided = plan_ad(number, SEED)
        # Numbers are spread over eight weeks by a step coprime to their count, so that kinds of ads mix in time.
        published = _NEWEST - dt.timedelta(days=1, minutes=number * 1009 % 3000 * 27)
        content = compose(number, published=published, expires=_EXPIRES, updated=published, seed=SEED)
        found = parse_detail(UUID(content["uuid"]), {"uuid": content["uuid"], "status": "ACTIVE", "ad_content": content})
        if not isinstance(found, VacancyData):
            raise ValueError(f"ad {number} of the corpus is not active")
        yield (
            _build_ad(found, f"#{number}", decided.occupation.key, decided.base, decided.language, _unnamed_place(decided)),
            found,
        )


def _added() -> Iterator[tuple[Ad, VacancyData]]:
    """Hand-written ads, an hour apart and newer than the generated ones, so that wrong hits would be first in date order."""
    rows = tomllib.loads((DATA / "added.toml").read_text(encoding="utf-8"))
    for position, (name, row) in enumerate(rows.items()):
        job = BY_KEY[row["job"]]
        county, municipality = row["place"]
        data = VacancyData(
            uuid=uuid5(_SPACE, name),
            expires=_EXPIRES,
            title=row["title"],
            description=f"<p>{html.escape(row['body'])}</p>",
            published=_NEWEST - dt.timedelta(minutes=20 * position),
            updated=_NEWEST - dt.timedelta(minutes=20 * position),
            employer_name=row["employer"],
            engagement="Fast",
            extent="Heltid",
            sector="Privat",
            locations=(LocationData("NORGE", county, municipality, city=municipality),),
            occupations=(OccupationData(*job.pair),),
            categories=(CategoryData("STYRK08", job.styrk_code, job.styrk_name.rstrip(";")),) if row.get("filed", True) else (),
        )
        yield _build_ad(data, name, row["job"], row["title"], row.get("language", "nb"), ()), data


def _of_lines(set_name: str) -> Iterator[tuple[Ad, VacancyData]]:
    """In the order of the file, three hours apart."""
    for position, (name, what, fields) in enumerate(line_sets.rows(set_name)):
        published = _NEWEST - dt.timedelta(hours=3 * position)
        data = VacancyData(uuid=uuid5(_SPACE, name), expires=_EXPIRES, published=published, updated=published, **fields)
        yield _build_ad(data, name, what, data.title, "", ()), data


def _unnamed_place(decided: Plan) -> tuple[str, ...]:
    """Places that the ad names only in its text."""
    return (decided.place.county, decided.place.municipal) if decided.shape == "none" else ()


def _build_ad(data: VacancyData, name: str, job: str, post: str, language: str, unnamed: Iterable[str]) -> Ad:
    title = " ".join(data.title.split())
    text = f"{title}\n{readable(data.description)}"
    names = [data.job_title, *(pair.level2 for pair in data.occupations), *(row.name for row in data.categories)]
    told = [part for place in data.locations for part in (place.county, place.municipality, place.city, place.country)]
    told += [part for part in unnamed if re.search(rf"\b{re.escape(part)}\b", text, re.IGNORECASE)]
    places = frozenset(part.split(" (")[0].upper() for part in told if part)
    terms = frozenset((data.extent, data.engagement, data.sector))
    return Ad(
        data.uuid, name, job, post, title, "\n".join(filter(None, names)), text, data.employer_name, language, places, terms
    )
