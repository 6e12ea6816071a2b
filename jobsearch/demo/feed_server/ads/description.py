"""Generator of an ad's description: its paragraphs and lists, their order and language."""

import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from . import titles
from .employers import GROUPS
from .markup import HtmlWriter, escape, section
from .places import CITIES
from .plan import Plan
from .seeded_random import generator

_FOLDER = Path(__file__).parent / "data"


def _load_texts(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


_TEXTS = {language: _load_texts(language) for language in ("nb", "nn", "en")}
_OTHER = _load_texts("other")
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


def _sample(random: Random, options: Sequence[str], low: int, high: int) -> list[str]:
    """A random sample of the options, in random order."""
    return random.sample(options, min(len(options), random.randint(low, high)))


def _pick_other_town(random: Random, plan: Plan) -> str:
    """Picks a town other than the job's, for sentences that mention one."""
    names = [CITIES.of(random).name for _ in range(2)]
    return names[1] if names[0] == plan.place.name and not plan.chain else names[0]


def _join_sentence(items: list[str]) -> str:
    """Joins list items to one sentence."""
    text = ", ".join(items)
    return f"{text[:1].upper()}{text[1:]}."


def _normalise_case(name: str) -> str:
    """Converts a name in capitals to the usual case."""
    if not name.isupper():
        return name
    return name.title().replace(" As", " AS").replace(" Hf", " HF").replace(" Kommune", " kommune")


class DescriptionWriter:
    """Generates the description of one ad. Copies of a chain have the same random generator, and no own place, date or person."""

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
        # The text of copies is identical, so their dates cannot depend on their day of publication.
        year = 2026 if plan.chain else published.year
        self.values: dict[str, object] = {
            "emp": _normalise_case(plan.employer.name),
            "sted": "nærområdet ditt" if chain_name else plan.place.name,
            "enhet": self._unit(),
            "tittel": titles.job_noun(base, self.language),
            "by": _pick_other_town(random, plan),
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
        self.html = HtmlWriter(random, plan.source == "IMPORTAPI")
        # Three sizes of description: short, normal and long.
        self.size = 0 if random.random() < 0.11 else 1 if random.random() < 0.615 else 2

    def _unit(self) -> str:
        if self.language == "en":
            return "our office" if self.group != "universitet" else self.plan.employer.unit
        return self.plan.employer.unit

    def fill_template(self, line: str) -> str:
        """Fills in a template; a lower-case first letter becomes a capital at the start."""
        text = line.format_map(self.values)
        if self.language == "en":
            text = _VOWEL.sub(" an ", text)
        return text[0].upper() + text[1:] if line[0] == "{" else text

    def pick_sentence(self, key: str) -> str:
        """Picks and fills in one sentence of a kind."""
        return self.fill_template(self.random.choice(self.common[key]))

    def pick_sentences(self, key: str, low: int, high: int) -> list[str]:
        """Picks and fills in several sentences of a kind."""
        return [self.fill_template(line) for line in _sample(self.random, self.common[key], low, high)]

    def opening(self) -> list[str]:
        """The first paragraphs: the job, its place and its size."""
        plan, random = self.plan, self.random
        first = self.pick_sentence("opening")
        if plan.contradiction:
            first += " " + self.pick_sentence(f"contradiction_{plan.contradiction}")
        elif plan.chain is None and random.random() < 0.62:
            kind = {"Fast": "engaged", "Vikariat": "temporary"}.get(plan.engagement, "seasonal")
            first += " " + self.pick_sentence(kind)
        many = self.size > 0 and self.group != "bpa"
        intro = [self.fill_template(line) for line in _sample(random, self.intro, 1, 1 + many)]
        if self.size:
            padding = self.pick_sentences("filler", (3, 5)[self.size - 1], (5, 9)[self.size - 1])
            padding += self.pick_sentences("more", (1, 3)[self.size - 1], (3, 7)[self.size - 1])
            random.shuffle(padding)
            early = random.randint(1, 3)
            intro += padding[:early]
            self.padding = padding[early:]
        if random.random() < 0.3:
            intro.append(" ".join(self.pick_sentences("distract", 1, 2)))
        return [first, *intro] if random.random() < 0.7 else [*intro, first]

    def task_list(self) -> list[str]:
        """The tasks of the occupation, with some that are common to all jobs."""
        own = _sample(self.random, self.tasks, 3 + (self.size > 0), 6 + self.size)
        return own + self.pick_sentences("extra_tasks", self.size, 2 + 2 * self.size)

    def qualifications(self) -> list[str]:
        """The qualifications."""
        return list(self.quals) + self.pick_sentences("extra_quals", 1 + self.size, 3 + 2 * self.size)

    def offers(self) -> list[str]:
        """The benefits."""
        kind = "offer_public" if self.plan.employer.public else "offer_private"
        offered = self.pick_sentences(kind, 3 + 2 * self.size, 6 + 3 * self.size)
        if self.group not in _ON_COMMISSION:
            offered = [line for line in offered if "provisjon" not in line and "bonus" not in line]
        if self.group not in _ON_WHEELS:
            offered = [line for line in offered if "firmabil" not in line]
        return offered

    def requirements(self) -> list[str]:
        """The requirements (police certificate, tariff, weekends …), each with its share for the kind of workplace."""
        chance = self.random.random
        lines: list[str] = []
        for key, share in (
            ("police", self.facts["police"]),
            ("tariff", 0.05 if not self.plan.employer.public else 0.11),
            ("weekend", self.facts["weekend"] * 0.95),
            ("licence", self.facts["licence"] * 0.6),
            ("language", self.facts["language"] * 0.62),
            ("authorisation", 0.3 if self.plan.occupation.key in _LICENSED else 0.0),
        ):
            if chance() < share:
                lines.append(self.pick_sentence(key))
        return lines

    def closing(self) -> list[str]:
        """The last paragraphs: requirements, how to apply, and dates and numbers that can be mistaken for others."""
        random = self.random
        lines = [*self.padding, *self.requirements()]
        self.padding = []
        if random.random() < 0.5:
            lines.append(self.pick_sentence("diversity"))
        if self.plan.chain is None and random.random() < 0.25:
            lines.append(self.pick_sentence("dates"))
        lines.append(" ".join(self.pick_sentences("apply", 1, 1 + self.size)))
        personal = self._personal_lines()
        if random.random() < 0.5 and lines:
            lines = [" ".join(lines[:-1]), lines[-1]] if len(lines) > 1 else lines
        return lines + personal

    def _personal_lines(self) -> list[str]:
        """The contact's name, phone or e-mail in the text, each with its share in NAV's feed."""
        if not self.contacts or self.plan.chain:
            return []
        who = self.contacts[0]
        roll = self.random.random()
        # Name in 11.8 %, e-mail in 10.1 %, telephone in 9.6 % of ads, after those with missing fields are left out.
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
        """The paragraphs about the employer."""
        kind = "about_public" if self.plan.employer.public else "about_private"
        texts = self.pick_sentences(kind, self.size or 1, 1 + self.size)
        texts += self.padding[: len(self.padding) // 2]
        self.padding = self.padding[len(self.padding) // 2 :]
        return texts

    def structured(self) -> str:
        """A description in the four sections of NAV's own form."""
        html = self.html
        about, who, what, offer = _PARTS[self.language]
        end = "".join(html.paragraph(line) for line in self.closing())
        return (
            section("aapningstekst", about, "".join(html.paragraph(line) for line in self.opening()))
            + section("serEtter", who, html.bullets(self.qualifications() + self.pick_sentences("personal", 2, 5)))
            + section("arbeidsoppgaver", what, html.bullets(self.task_list()))
            + section("tilbyr", offer, html.bullets(self.offers()) + end)
        )

    def free(self) -> str:
        """A description as formatted by an agency or a recruitment system."""
        html, random = self.html, self.random
        parts = [html.paragraph(line) for line in self.opening()]
        blocks = [
            ("h_tasks", html.bullets(self.task_list())),
            ("h_quals", html.bullets(self.qualifications())),
        ]
        if self.size or random.random() < 0.3:
            blocks.append(("h_personal", html.bullets(self.pick_sentences("personal", 4 + self.size, 7 + 2 * self.size))))
        blocks.append(("h_offer", html.bullets(self.offers())))
        if self.size and random.random() < 0.85:
            about = ("h_about", "".join(html.paragraph(line) for line in self.about()))
            blocks.insert(0 if random.random() < 0.2 else len(blocks), about)
        if random.random() < 0.06:
            random.shuffle(blocks)
        blocks.append(("h_other", "".join(html.paragraph(line) for line in self.closing())))
        for key, body in blocks:
            parts += (html.heading(self.pick_sentence(key)), body)
        if random.random() < 0.015:
            rows = (("Stilling", f"{self.plan.percent} %"), ("Sted", str(self.values["sted"])), ("Antall", "1"))
            parts.insert(1, html.table(rows))
        return "".join(parts)

    def short(self) -> str:
        """A short description, as from a newspaper or a small firm: a few lines separated by breaks."""
        lines = [*self.opening()[:2], _join_sentence(self.task_list()[:3]), *self.closing()[:2]]
        return "<br><br>".join(escape(line) for line in lines if line) + "<br>"

    def body(self, revision: int) -> str:
        """Generates the whole description of a revision."""
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
            html += self.html.paragraph(self.pick_sentence("emoji"))
        if random.random() < 0.0016:
            html += f"<p>Merk søknaden med {random.choice(_QUOTED)}.</p>"
        # Copies are edited at different times: a chain changes its contacts and deadlines, but not its text.
        if revision and not plan.chain:
            edit = generator("edit", plan.seed, plan.number, revision)
            html += self.html.paragraph(edit.choice(self.common["deadline_extra"]))
        return self.html.finish(html)

    def employer_text(self) -> str:
        """Generates the employer's presentation; empty for one in three."""
        if self.random.random() < 0.34:
            return ""
        lines = [self.pick_sentence("employer"), *self.about()[:1]]
        return "".join(f"<p>{escape(line)}</p>" for line in lines)
