"""Structured fields of an ad: locations, categories, deadline, links and other short values."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from zlib import crc32

from .employers import make_domain
from .occupations import RELATED, Occupation
from .people import STREETS, slug
from .places import FOREIGN, IN_COUNTY, PLACES, Place
from .plan import Plan
from .seeded_random import draws, generator

_AMBIGUOUS = {place.municipal: place.municipal.split(" (")[0] for place in PLACES if "(" in place.municipal}
_OLD_COUNTIES = {
    "AKERSHUS": "VIKEN",
    "BUSKERUD": "VIKEN",
    "ØSTFOLD": "VIKEN",
    "VESTFOLD": "VESTFOLD OG TELEMARK",
    "TELEMARK": "VESTFOLD OG TELEMARK",
    "TROMS": "TROMS OG FINNMARK",
    "FINNMARK": "TROMS OG FINNMARK",
}
_SOON = tuple("Snarest|Snarest|Søkes snarest|Snarest mulig|Løpende|Fortløpende vurdering|ASAP|Snarest!||||".split("|"))
_STARTS = ("Etter avtale", "Etter avtale", "Snarest", "Snarest mulig", "", "", "Umiddelbart", "Tiltredelse etter avtale")
_MONTHS = ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november")
_ESCO_ROOT = "http://data.europa.eu/esco"

Location = dict[str, str | None]


def municipal_name(plan: Plan) -> str | None:
    """The municipality of the ad's first location in the feed's spelling; None if it has none.

    One in seven ads of a municipality with a disambiguated name has the ambiguous short name.
    """
    if plan.shape == "svalbard":
        return "SVALBARD"
    if plan.shape != "one":
        return None
    name = plan.place.municipal
    if name in _AMBIGUOUS:
        odds = plan.d[15] >> 12 & 15
        if name == "NES (AKERSHUS)" and odds == 15:
            return "NES (VIKEN)"
        return _AMBIGUOUS[name] if odds < 2 else name
    return name


def _location(random: Random, place: Place, language: str) -> Location:
    """Generates a location with street, postal code and city; 6 % of the ads have no usable city."""
    code, city = random.choice(place.cities)
    if random.random() < 0.05:
        code, city = ("", "") if random.random() < 0.5 else (None, None)  # type: ignore[assignment]
    elif random.random() < 0.12:
        city = "-".join(part.capitalize() for part in city.split("-"))
    if random.random() < 0.68:
        address: str | None = f"{random.choice(STREETS[language])} {random.randint(1, 140)}"
    else:
        address = random.choice((None, "", f"{place.name} sentrum"))
    return {
        "country": "NORGE",
        "address": address,
        "city": city,
        "postalCode": code,
        "county": place.county,
        "municipal": place.municipal,
    }


def locations(plan: Plan) -> list[Location]:
    """Generates the locations; 7 % of the ads have more than one, usually in the same county."""
    if plan.shape == "none":
        return []
    random = generator("place", plan.seed, plan.number)
    if plan.shape == "abroad":
        country, city, code = random.choice(FOREIGN)
        blank = random.choice((None, ""))
        return [
            {
                "country": country,
                "address": blank,
                "city": city,
                "postalCode": code or None,
                "county": blank,
                "municipal": blank,
            }
        ]
    if plan.shape == "county":
        county = plan.place.county if random.random() < 0.75 else None
        none: Location = {"country": "NORGE", "address": None, "city": None, "postalCode": None}
        return [{**none, "county": county, "municipal": None}]
    language = "nn" if plan.language == "nn" else "nb"
    first = _location(random, plan.place, language)
    first["municipal"] = municipal_name(plan)
    if first["municipal"] == "NES (VIKEN)" or random.random() < 0.002:
        first["county"] = _OLD_COUNTIES.get(plan.place.county, plan.place.county)
    found = [first]
    if plan.shape == "one" and random.random() < 0.083:
        wanted = random.choice((2, 2, 2, 2, 3, 3, 4, 6))
        for _ in range(wanted - 1):
            other = IN_COUNTY[plan.place.county].of(random)
            if all(other.municipal != place["municipal"] for place in found) or random.random() < 0.3:
                found.append(_location(random, other, language))
    return found


def _category(kind: str, code: str, name: str, random: Random) -> dict[str, Any]:
    score = 1.0 if random.random() < 0.995 else round(random.uniform(0.4, 0.99), 2)
    return {"categoryType": kind, "code": code, "name": name, "description": "", "score": score}


def _esco_uri(occupation: Occupation) -> str:
    a, b, c, d, *_ = draws(0, crc32(occupation.esco.encode()), "esco")
    return f"{_ESCO_ROOT}/occupation/{a:08x}-{b >> 16:04x}-4{b & 0xFFF:03x}-9{c >> 20:03x}-{c & 0xFFFFF:05x}{d & 0xFFFFFFF:07x}"


def _janzz(concept: str, random: Random) -> dict[str, Any]:
    """Generates a category of JANZZ, the vocabulary of recruitment systems; its codes are plain numbers."""
    return _category("JANZZ", str(20_000 + crc32(concept.encode()) % 700_000), concept, random)


def categories(plan: Plan) -> tuple[list[dict[str, Any]], list[dict[str, str]], str]:
    """Generates `categoryList`, `occupationCategories` and `jobtitle`: 3.4 rows per ad, several STYRK08 codes in 14.6 %."""
    random = generator("category", plan.chain or f"{plan.seed}.{plan.number}")
    main = plan.occupation
    if random.random() < 0.012:
        return [], [], ""
    chosen = [main]
    if random.random() < 0.169:
        chosen.append(random.choice(RELATED[main.key]))
        if random.random() < 0.3:
            chosen.append(random.choice(RELATED[main.key]))
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for occupation in chosen:
        if occupation.styrk_code in seen:
            continue
        seen.add(occupation.styrk_code)
        name = occupation.styrk_name.rstrip(";") + (";" if random.random() < 0.1 else "")
        rows.append(_category("STYRK08", occupation.styrk_code, name, random))
        if occupation.esco and random.random() < 0.96:
            rows.append(_category("ESCO", _esco_uri(occupation), occupation.esco, random))
        if random.random() < 0.84:
            rows.append(_janzz(occupation.titles["nb"][0], random))
    if random.random() < 0.16:
        letter = random.choice("Cc")
        rows.append(_category("ESCO", f"{_ESCO_ROOT}/isco/{letter}{main.styrk_code}", main.styrk_name.rstrip(";"), random))
    if random.random() < 0.09:
        # A second JANZZ concept, as specific as the title.
        rows.append(_janzz(plan.base, random))
    rows = list({(row["categoryType"], row["code"]): row for row in rows}.values())
    rows.sort(key=lambda row: row["categoryType"])
    pairs = sorted({occupation.pair for occupation in chosen})
    if random.random() < 0.008:
        pairs = []
    jobtitle = random.choice(("", "", "", main.esco, main.titles["nb"][0], plan.base))
    return rows, [{"level1": pair.level1, "level2": pair.level2} for pair in pairs], jobtitle


def deadline(plan: Plan, published: datetime, expires: datetime, revision: int) -> str:
    """Generates `applicationDue`, a free text: 16 % are not a date; 5 % are before the ad's last change."""
    random = generator("due", plan.seed, plan.number, revision)
    if random.random() < 0.147:
        return random.choice(_SOON)
    day = expires
    roll = random.random()
    if roll < 0.06:
        day = published - timedelta(days=random.randint(1, 20))
    elif roll < 0.3:
        day = expires - timedelta(days=random.randint(1, 4))
    if revision and roll >= 0.06:
        day = min(day + timedelta(days=3 * revision), expires)
    form = random.random()
    if form < 0.62:
        return day.strftime("%Y-%m-%dT00:00:00")
    if form < 0.82:
        return day.strftime("%Y-%m-%d")
    if form < 0.98:
        return day.strftime("%d.%m.%Y")
    return f"{day.day}. {_MONTHS[min(day.month, 11) - 1]}" if day.month < 12 else f"{day.day}/{day.month}/{day.year}"


def start(plan: Plan, published: datetime) -> str:
    """Generates `starttime`, a free text."""
    random = generator("start", plan.seed, plan.number)
    if random.random() < 0.62:
        return random.choice(_STARTS)
    day = (published + timedelta(days=random.randint(20, 120))).replace(day=1)
    return random.choice((day.strftime("%d.%m.%Y"), day.strftime("%Y-%m-%dT00:00:00"), day.strftime("%Y-%m-%d")))


def links(plan: Plan) -> tuple[str, str]:
    """Generates `sourceurl` and `applicationUrl`: mostly https, some empty, a few without scheme or unsafe."""
    random = generator("link", plan.seed, plan.number)
    host = make_domain(plan.employer.name)
    number = 100_000 + plan.number * 37 % 900_000
    system = random.choice(("rekrutt", "jobbsok", "stillinger", "karriere", "soker"))
    roll = random.random()
    if roll < 0.52:
        apply = f"https://{system}.example.no/{slug(plan.employer.name)[:18]}/{number}/apply"
    elif roll < 0.74:
        apply = f"https://www.{host}/ledige-stillinger/{number}"
    elif roll < 0.93:
        apply = ""
    elif roll < 0.955:
        apply = f"mailto:jobb@{host}"
    elif roll < 0.97:
        apply = f"www.{host}/jobb"
    elif roll < 0.978:
        apply = f"jobb@{host}"
    elif roll < 0.998:
        apply = f"http://{host}/stilling?id={number}&kilde=nav"
    else:
        apply = random.choice(("javascript:alert(1)", "JavaScript:void(0)", "data:text/html,<b>hei</b>", "ftp://" + host))
    if plan.source == "Stillingsregistrering":
        return random.choice(("", "", f"https://www.{host}")), apply
    return f"https://{system}.example.no/stilling/{number}" if random.random() < 0.8 else "", apply


def positions(plan: Plan) -> str:
    """Generates `positioncount`, a string."""
    odds = plan.d[9] >> 8 & 0xFF
    return "1" if odds < 205 else "2" if odds < 232 else str(3 + odds % 5) if odds < 254 else "20"


def sector(plan: Plan) -> str:
    """The sector; empty for 7 % of the ads."""
    if (plan.d[5] >> 4) % 1000 < 70:
        return ""
    return "Offentlig" if plan.employer.public else "Privat"
