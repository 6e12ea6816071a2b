"""The body of an ad: which paragraphs and bullets, in which order, in which language."""

import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from . import titles
from .employers import GROUPS
from .markup import Editor, escape, section
from .places import CITIES
from .plan import Plan
from .seeded_random import generator

_FOLDER = Path(__file__).parent / "data"


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


_TEXTS = {language: _load(language) for language in ("nb", "nn", "en")}
_OTHER = _load("other")
_FAMILY_OF = {
    language: {group: family for family, groups in _TEXTS[language]["families"].items() for group in groups}
    for language in ("nn", "en")
}
_LICENSED = {"sykepleier", "spesialsykepleier", "vernepleier", "helsefag", "lege", "overlege", "psykolog", "jordmor"}
_ON_COMMISSION = {"salg", "eiendom", "frisor", "it", "jus"}
_ON_WHEELS = {"salg", "eiendom", "elektro", "bygg", "drift"}
_VOWEL = re.compile(r" a (?=[AEIO])")
_QUOTED = ("&lt;navn&gt;", "&lt;stillingstittel&gt;", "&lt;dato&gt;")
_PARTS = {"nb": ("Om jobben", "Hvem vi ser etter", "Arbeidsoppgaver", "Vi tilbyr")}
_PARTS |= {"nn": ("Om jobben", "Kven vi ser etter", "Arbeidsoppgåver", "Vi tilbyr")}
_PARTS |= {"en": ("About the job", "Who we are looking for", "Tasks", "We offer")}


def _some(random: Random, options: Sequence[str], low: int, high: int) -> list[str]:
    """A few of the options, none twice, in random order."""
    return random.sample(options, min(len(options), random.randint(low, high)))


def _elsewhere(random: Random, plan: Plan) -> str:
    """A town that the job is not in, for the sentences that mention one."""
    names = [CITIES.of(random).name for _ in range(2)]
    return names[1] if names[0] == plan.place.name and not plan.chain else names[0]


def _sentence(items: list[str]) -> str:
    """Bullets as one sentence."""
    said = ", ".join(items)
    return f"{said[:1].upper()}{said[1:]}."


def _calm(name: str) -> str:
    """A name that was registered in capitals, as people write it."""
    if not name.isupper():
        return name
    return name.title().replace(" As", " AS").replace(" Hf", " HF").replace(" Kommune", " kommune")


class Writer:
    """Writes the body of one ad. Copies of a chain get the same generator and no place, date or person of their own."""

    def __init__(self, plan: Plan, published: datetime, contacts: list[dict[str, str | None]]) -> None:
        self.plan = plan
        self.random = generator("body", plan.chain or f"{plan.seed}.{plan.number}")
        random = self.random
        self.language = plan.language if plan.language in ("nn", "en") else "nb"
        texts = _TEXTS[self.language]
        self.common: dict[str, list[str]] = texts["common"]
        self.group = plan.occupation.group
        self.facts = GROUPS[self.group]
        self.contacts = contacts
        chain_name = plan.chain is not None and not plan.reposted
        base = plan.occupation.titles["nb"][0] if chain_name else plan.base
        # Copies share every letter, so their dates cannot follow their own day of publication.
        year = 2026 if plan.chain else published.year
        self.values: dict[str, object] = {
            "emp": _calm(plan.employer.name),
            "sted": "nærområdet ditt" if chain_name else plan.place.name,
            "enhet": self._unit(),
            "tittel": titles.noun(base, self.language),
            "by": _elsewhere(random, plan),
            "n": random.randint(2, 9),
            "N": random.randint(12, 98),
            "aar": random.randint(1921, 2021),
            "pst": plan.percent,
            "uke": random.randint(2, 50),
            "dag": f"{random.randint(1, 28):02}",
            "mnd": f"{random.randint(1, 12):02}",
            "dette": year,
            "fjor": year - 1,
            "neste": year + (0 if plan.chain else published.month > 6),
            "lonn": random.randint(44, 92),
        }
        family = _FAMILY_OF.get(self.language, {}).get(self.group)
        if self.language == "nb":
            self.intro: list[str] = texts["group"][self.group]
            self.tasks: Sequence[str] = plan.occupation.tasks
            self.quals: Sequence[str] = plan.occupation.quals
        else:
            own = texts["family"].get(family, {})
            self.intro = own.get("intro", self.common["about_private"])
            self.tasks = (*own.get("tasks", ()), *(() if own else self.common["tasks"]))
            self.quals = own.get("quals", self.common["quals"])
        self.padding: list[str] = []
        self.editor = Editor(random, plan.source == "IMPORTAPI")
        # Three sizes of ad: the note, the usual, and the one written by a committee.
        self.size = 0 if random.random() < 0.11 else 1 if random.random() < 0.615 else 2

    def _unit(self) -> str:
        if self.language == "en":
            return "our office" if self.group != "universitet" else self.plan.employer.unit
        return self.plan.employer.unit

    def fill(self, line: str) -> str:
        """A line with its places filled; a unit's small first letter becomes a capital at the start."""
        said = line.format_map(self.values)
        if self.language == "en":
            said = _VOWEL.sub(" an ", said)
        return said[0].upper() + said[1:] if line[0] == "{" else said

    def say(self, key: str) -> str:
        """One sentence of a kind, filled in."""
        return self.fill(self.random.choice(self.common[key]))

    def several(self, key: str, low: int, high: int) -> list[str]:
        """Some sentences of a kind, filled in."""
        return [self.fill(line) for line in _some(self.random, self.common[key], low, high)]

    def opening(self) -> list[str]:
        """What the job is, where, and how much of a post."""
        plan, random = self.plan, self.random
        first = self.say("opening")
        if plan.contradiction:
            first += " " + self.say(f"contradiction_{plan.contradiction}")
        elif plan.chain is None and random.random() < 0.62:
            kind = {"Fast": "engaged", "Vikariat": "temporary"}.get(plan.engagement, "seasonal")
            first += " " + self.say(kind)
        many = self.size > 0 and self.group != "bpa"
        intro = [self.fill(line) for line in _some(random, self.intro, 1, 1 + many)]
        if self.size:
            padding = self.several("filler", (3, 5)[self.size - 1], (5, 9)[self.size - 1])
            padding += self.several("more", (1, 3)[self.size - 1], (3, 7)[self.size - 1])
            random.shuffle(padding)
            early = random.randint(1, 3)
            intro += padding[:early]
            self.padding = padding[early:]
        if random.random() < 0.3:
            intro.append(" ".join(self.several("distract", 1, 2)))
        return [first, *intro] if random.random() < 0.7 else [*intro, first]

    def task_list(self) -> list[str]:
        """The tasks, with a few that any job has."""
        own = _some(self.random, self.tasks, 3 + (self.size > 0), 6 + self.size)
        return own + self.several("extra_tasks", self.size, 2 + 2 * self.size)

    def qualifications(self) -> list[str]:
        """What an applicant needs."""
        return list(self.quals) + self.several("extra_quals", 1 + self.size, 3 + 2 * self.size)

    def offers(self) -> list[str]:
        """What an employee gets."""
        kind = "offer_public" if self.plan.employer.public else "offer_private"
        offered = self.several(kind, 3 + 2 * self.size, 6 + 3 * self.size)
        if self.group not in _ON_COMMISSION:
            offered = [line for line in offered if "provisjon" not in line and "bonus" not in line]
        if self.group not in _ON_WHEELS:
            offered = [line for line in offered if "firmabil" not in line]
        return offered

    def requirements(self) -> list[str]:
        """Certificates, tariff, weekends, licences, language: each as often as the kind of workplace says so."""
        chance = self.random.random
        said: list[str] = []
        for key, share in (
            ("police", self.facts["police"]),
            ("tariff", 0.05 if not self.plan.employer.public else 0.11),
            ("weekend", self.facts["weekend"] * 0.95),
            ("licence", self.facts["licence"] * 0.6),
            ("language", self.facts["language"] * 0.62),
            ("authorisation", 0.3 if self.plan.occupation.key in _LICENSED else 0.0),
        ):
            if chance() < share:
                said.append(self.say(key))
        return said

    def closing(self) -> list[str]:
        """Practicalities, how to apply, and dates and figures that only look like something else."""
        random = self.random
        lines = [*self.padding, *self.requirements()]
        self.padding = []
        if random.random() < 0.5:
            lines.append(self.say("diversity"))
        if self.plan.chain is None and random.random() < 0.25:
            lines.append(self.say("dates"))
        lines.append(" ".join(self.several("apply", 1, 1 + self.size)))
        personal = self._personal_lines()
        if random.random() < 0.5 and lines:
            lines = [" ".join(lines[:-1]), lines[-1]] if len(lines) > 1 else lines
        return lines + personal

    def _personal_lines(self) -> list[str]:
        """The contact's name, number or address inside the text, each as often as in the real feed."""
        if not self.contacts or self.plan.chain:
            return []
        who = self.contacts[0]
        roll = self.random.random()
        # Name in 11.8 %, e-mail in 10.1 %, telephone in 9.6 % of ads; fields that are missing thin these out.
        key = (
            "c_all" if roll < 0.041
            else "c_name_phone" if roll < 0.122
            else "c_name" if roll < 0.168
            else "c_mail" if roll < 0.274
            else "c_phone" if roll < 0.294
            else ""
        )  # fmt: skip
        no_phone = not who["phone"] and key in ("c_phone", "c_name_phone", "c_all")
        no_mail = not who["email"] and key in ("c_mail", "c_all")
        if not key or no_phone or no_mail:
            return []
        filled = {"navn": (who["name"] or "").strip(), "tlf": who["phone"], "epost": who["email"]}
        return [self.random.choice(self.common[key]).format_map(filled)]

    def about(self) -> list[str]:
        """The employer about itself."""
        kind = "about_public" if self.plan.employer.public else "about_private"
        texts = self.several(kind, self.size or 1, 1 + self.size)
        texts += self.padding[: len(self.padding) // 2]
        self.padding = self.padding[len(self.padding) // 2 :]
        return texts

    def structured(self) -> str:
        """The four sections of NAV's own form."""
        editor = self.editor
        about, who, what, offer = _PARTS[self.language]
        end = "".join(editor.paragraph(line) for line in self.closing())
        return (
            section("aapningstekst", about, "".join(editor.paragraph(line) for line in self.opening()))
            + section("serEtter", who, editor.bullets(self.qualifications() + self.several("personal", 2, 5)))
            + section("arbeidsoppgaver", what, editor.bullets(self.task_list()))
            + section("tilbyr", offer, editor.bullets(self.offers()) + end)
        )

    def free(self) -> str:
        """An ad as an agency or a recruitment system lays it out."""
        editor, random = self.editor, self.random
        parts = [editor.paragraph(line) for line in self.opening()]
        blocks = [
            ("h_tasks", editor.bullets(self.task_list())),
            ("h_quals", editor.bullets(self.qualifications())),
        ]
        if self.size or random.random() < 0.3:
            blocks.append(("h_personal", editor.bullets(self.several("personal", 4 + self.size, 7 + 2 * self.size))))
        blocks.append(("h_offer", editor.bullets(self.offers())))
        if self.size and random.random() < 0.85:
            about = ("h_about", "".join(editor.paragraph(line) for line in self.about()))
            blocks.insert(0 if random.random() < 0.2 else len(blocks), about)
        if random.random() < 0.06:
            random.shuffle(blocks)
        blocks.append(("h_other", "".join(editor.paragraph(line) for line in self.closing())))
        for key, body in blocks:
            parts += (editor.heading(self.say(key)), body)
        if random.random() < 0.015:
            rows = (("Stilling", f"{self.plan.percent} %"), ("Sted", str(self.values["sted"])), ("Antall", "1"))
            parts.insert(1, editor.table(rows))
        return "".join(parts)

    def short(self) -> str:
        """A newspaper's or a small firm's ad: a few lines with breaks between them."""
        lines = [*self.opening()[:2], _sentence(self.task_list()[:3]), *self.closing()[:2]]
        return "<br><br>".join(escape(line) for line in lines if line) + "<br>"

    def body(self, revision: int) -> str:
        """The whole description."""
        plan, random = self.plan, self.random
        if plan.language in ("pl", "lt", "se"):
            values = {key: escape(str(value)) for key, value in self.values.items()}
            return str(_OTHER[plan.language][0]).format_map(values)
        if plan.source == "Stillingsregistrering":
            html = self.structured()
        elif plan.source == "AMEDIA" or (self.size == 0 and random.random() < 0.12):
            html = self.short()
        else:
            html = self.free()
        if plan.language == "mixed":
            html += random.choice(_OTHER["mixed"]).format_map({k: escape(str(v)) for k, v in self.values.items()})
        if random.random() < 0.045:
            html += self.editor.paragraph(self.say("emoji"))
        if random.random() < 0.0016:
            html += f"<p>Merk søknaden med {random.choice(_QUOTED)}.</p>"
        # Copies are edited at different times, but a chain changes its contacts and deadlines, not its text.
        if revision and not plan.chain:
            edit = generator("edit", plan.seed, plan.number, revision)
            html += self.editor.paragraph(edit.choice(self.common["deadline_extra"]))
        return self.editor.finished(html)

    def employer_text(self) -> str:
        """The employer's own presentation, empty for every third."""
        if self.random.random() < 0.34:
            return ""
        lines = [self.say("employer"), *self.about()[:1]]
        return "".join(f"<p>{escape(line)}</p>" for line in lines)
