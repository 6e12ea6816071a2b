"""Contacts of the ads: invented names, e-mail addresses, and telephone numbers in various formats."""

import re
import tomllib
from pathlib import Path
from random import Random

_DATA = tomllib.loads((Path(__file__).parent / "data" / "people.toml").read_text(encoding="utf-8"))
_ASCII = str.maketrans(
    {"æ": "ae", "ø": "o", "å": "a", "á": "a", "ä": "a", "ö": "o", "ś": "s", "ć": "c", "ı": "i", "ź": "z", "ü": "u"}
)
STREETS: dict[str, list[str]] = {"nb": _DATA["streets"], "nn": _DATA["streets_nn"], "en": _DATA["streets"]}
_ROLES: dict[str, list[str]] = {"nb": _DATA["roles"], "nn": _DATA["roles_nn"], "en": _DATA["roles_en"]}

_SPECIAL: dict[str, list[str]] = _DATA["special"]


def slug(text: str, joint: str = "") -> str:
    """Converts a name to ASCII for a domain or an e-mail address."""
    plain = text.lower().translate(_ASCII)
    return joint.join(part for part in re.split(r"[^a-z0-9]+", plain) if part)


def make_phone(random: Random) -> str:
    """Generates a Norwegian telephone number in one of the feed's formats."""
    mobile = random.random() < 0.75
    digits = f"{random.choice('49')}{random.randrange(10**7):07}" if mobile else _make_landline(random)
    pairs = " ".join(digits[at : at + 2] for at in range(0, 8, 2))
    triple = f"{digits[:3]} {digits[3:5]} {digits[5:]}"
    return random.choice((digits, triple if mobile else pairs, pairs, f"+47 {triple}", f"+47 {pairs}", f"+47{digits}", triple))


def _make_landline(random: Random) -> str:
    return f"{random.choice(('22', '33', '51', '55', '57', '61', '70', '73', '75', '78'))}{random.randrange(10**6):06}"


def make_person(random: Random, domain: str, language: str, group: str) -> dict[str, str | None]:
    """Generates a contact: name, email, phone, role and title, each possibly missing (null or empty)."""
    first, last = random.choice(_DATA["first"]), random.choice(_DATA["last"])
    roll = random.random()
    if roll < 0.7:
        local = f"{slug(first, '.')}.{slug(last, '-')}"
    elif roll < 0.85:
        local = slug(first)[:1] + slug(last)
    else:
        local = random.choice(("post", "jobb", "rekruttering", "personal"))
    has_mail, has_phone = random.random() < 0.78, random.random() < 0.82
    blank = None if random.random() < 0.6 else ""
    special = _SPECIAL.get(group)
    if special and language != "en" and random.random() < 0.35:
        title: str | None = special[language == "nn"]
    else:
        title = random.choice(_ROLES[language]) if random.random() < 0.7 else blank
    return {
        "name": f"{first} {last}" if random.random() < 0.97 else f"{first} {last} ",
        "email": f"{local}@{domain}" if has_mail else blank,
        "phone": make_phone(random) if has_phone else blank,
        "role": blank,
        "title": title,
    }
