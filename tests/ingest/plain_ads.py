"""Short ads for tests: fast to generate, deterministic, and all different."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, NamedTuple


class Headline(NamedTuple):
    title: str
    business_name: str
    municipal: str
    source: str | None


def uuid_for(number: int, seed: int = 1) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}:{number}"))


def headline(number: int, seed: int = 1, revision: int = 0) -> Headline:
    return Headline(f"Sykepleier {number}.{revision}", f"Sykehus {number}", "BERGEN", "IMPORTAPI")


def compose(
    number: int, *, published: dt.datetime, expires: dt.datetime, updated: dt.datetime, seed: int = 1, revision: int = 0
) -> dict[str, Any]:
    title, employer, municipal, source = headline(number, seed, revision)
    ad = uuid_for(number, seed)
    return {
        "uuid": ad,
        "published": published.isoformat(),
        "expires": expires.isoformat(),
        "updated": updated.isoformat(),
        "workLocations": [
            {"country": "NORGE", "address": "Gata 1", "city": "BERGEN", "postalCode": "5003", "county": "VESTLAND",
             "municipal": municipal},
        ],
        "contactList": [
            {"name": f"Kari Nummer{number}", "email": f"kari{number}@sykehus.example", "phone": "55 58 85 95",
             "role": None, "title": "Leder"},
        ],
        "title": title,
        "description": f"<p>Vi søker sykepleier nummer {number}.</p><p>Ring Kari Nummer{number}.</p>",
        "sourceurl": f"https://sykehus.example/{number}",
        "source": source,
        "applicationUrl": f"https://sykehus.example/{number}/sok",
        "applicationDue": "Snarest",
        "occupationCategories": [{"level1": "Helse og sosial", "level2": "Sykepleier"}],
        "categoryList": [
            {"categoryType": "STYRK08", "code": "2223", "name": "Sykepleiere;", "description": "", "score": 1.0}
        ],
        "jobtitle": "Sykepleier",
        "link": f"https://arbeidsplassen.nav.no/stillinger/stilling/{ad}",
        "employer": {"name": employer, "orgnr": "987654321", "description": "", "homepage": "sykehus.example"},
        "engagementtype": "Fast",
        "extent": "Heltid",
        "starttime": "Etter avtale",
        "positioncount": "1",
        "sector": "Offentlig",
    }  # fmt: skip
