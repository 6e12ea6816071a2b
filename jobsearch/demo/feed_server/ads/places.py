"""Places of the ads: the 357 municipalities by county in NAV's spelling, with cities and postal codes.

The number of ads per county follows the shares in NAV's feed; within a county it follows the number of inhabitants.
"""

from dataclasses import dataclass
from pathlib import Path

from .seeded_random import Weighted

_SMALL_WORDS = {"OG", "I"}
_PLURAL_SAMI = {
    # The local authority's own Norwegian name, where NAV's key holds two or three languages.
    "GÁIVUOTNA KÅFJORD": "Kåfjord",
    "KARASJOHKA KARASJOK": "Karasjok",
    "GUOVDAGEAIDNU KAUTOKEINO": "Kautokeino",
    "PORSANGER PORSÁNGU PORSANKI": "Porsanger",
    "DEATNU TANA": "Tana",
    "UNJARGGA NESSEBY": "Nesseby",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality; `people` is its inhabitants in hundreds."""

    county: str
    municipal: str
    name: str
    people: int
    nynorsk: bool
    cities: tuple[tuple[str, str], ...]


def display_name(name: str) -> str:
    """Converts a name in upper case to the usual form: `HERØY (NORDLAND)` to `Herøy`, `MØRE OG ROMSDAL` with lower-case *og*."""
    if name in _PLURAL_SAMI:
        return _PLURAL_SAMI[name]
    words = name.split(" (", 1)[0].split(" ")
    return " ".join(
        word.lower() if word in _SMALL_WORDS else "-".join(part.capitalize() for part in word.split("-")) for word in words
    )


def _load_places() -> tuple[list[tuple[str, int]], list[Place]]:
    """Loads the counties with their share of ads in per mille, and all municipalities."""
    counties: list[tuple[str, int]] = []
    places: list[Place] = []
    for line in (Path(__file__).parent / "data" / "places.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            county, share = line[1:].split("] ")
            counties.append((county, int(share)))
            continue
        name, people, cities = line.split("|")
        municipal = name.rstrip("*")
        split = [city.split(" ", 1) for city in cities.split(",")]
        places.append(
            Place(
                county=counties[-1][0],
                municipal=municipal,
                name=display_name(municipal),
                people=int(people),
                nynorsk=name.endswith("*"),
                cities=tuple((code, city) for code, city in split),
            )
        )
    return counties, places


COUNTIES, PLACES = _load_places()
MUNICIPALITIES: dict[str, list[str]] = {
    county: [place.municipal for place in PLACES if place.county == county] for county, _ in COUNTIES
}
_SHARES = dict(COUNTIES)
_PEOPLE = {county: sum(place.people for place in PLACES if place.county == county) for county, _ in COUNTIES}

# Small municipalities have more ads per inhabitant (for the municipality's own posts), hence the constant part.
ANYWHERE: Weighted[Place] = Weighted(
    (place, _SHARES[place.county] * (place.people + 6) / (_PEOPLE[place.county] + 6 * len(MUNICIPALITIES[place.county])))
    for place in PLACES
)
COASTAL: Weighted[Place] = Weighted(
    (place, 40 + place.people**0.5)
    for place in PLACES
    if place.county in {"VESTLAND", "MØRE OG ROMSDAL", "NORDLAND", "ROGALAND", "TROMS", "TRØNDELAG", "FINNMARK"}
)
IN_COUNTY: dict[str, Weighted[Place]] = {
    county: Weighted((place, place.people + 6) for place in PLACES if place.county == county) for county, _ in COUNTIES
}
TOWNS: Weighted[Place] = Weighted((place, place.people) for place in PLACES if place.people >= 250)
CITIES: Weighted[Place] = Weighted(
    (place, place.people * (2.0 if place.county == "OSLO" else 1.0)) for place in PLACES if place.people >= 700
)

SVALBARD = Place("SVALBARD", "SVALBARD", "Longyearbyen", 25, False, (("9170", "LONGYEARBYEN"),))
FOREIGN: tuple[tuple[str, str, str], ...] = (
    ("SPANIA", "Alfaz del Pi", "03580"),
    ("SPANIA", "Torrevieja", "03181"),
    ("HELLAS", "Heraklion", ""),
    ("USA", "Houston", "77002"),
    ("DANMARK", "København", "1560"),
    ("DANMARK", "AALBORG", "9000"),
    ("SVERIGE", "Göteborg", "411 03"),
    ("POLEN", "Gdańsk", "80-001"),
)
DISTRICTS: dict[str, tuple[str, ...]] = {
    "OSLO": ("Grünerløkka", "Majorstuen", "Bjerke", "Nordstrand", "Stovner", "Bjørvika", "Skøyen", "Nydalen", "Alna"),
    "BERGEN": ("Åsane", "Fana", "Fyllingsdalen", "Laksevåg", "Arna", "Loddefjord", "Sandsli", "Bergenhus"),
    "TRONDHEIM": ("Lade", "Heimdal", "Byåsen", "Tiller", "Ranheim", "Moholt", "Midtbyen"),
    "STAVANGER": ("Hundvåg", "Madla", "Hillevåg", "Forus", "Tasta"),
    "KRISTIANSAND": ("Vågsbygd", "Lund", "Sørlandsparken", "Kvadraturen"),
    "TROMSØ": ("Kvaløya", "Tromsdalen", "Langnes"),
    "DRAMMEN": ("Konnerud", "Gulskogen", "Strømsø"),
}
