"""Reader and metrics for the labelled lines of redaction: precision and recall of what is removed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobsearch.vacancies.ad_data import ContactData
from jobsearch.vacancies.redaction import Redactor

DATA = Path(__file__).with_name("data")
HALVES = {"held": DATA / "redaction_held.tsv", "later": DATA / "redaction_later.tsv"}
FIXED = DATA / "redaction_mended.tsv"
KINDS = ("phone", "name", "address")
_ESCAPE = re.compile(r"\\n|\\u([0-9a-fA-F]{4})")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Line:
    kind: str
    title: bool
    contacts: tuple[ContactData, ...]
    keep: str
    text: str
    gone: tuple[str, ...]
    stays: tuple[str, ...]

    def redact(self) -> str:
        redactor = Redactor(self.contacts, self.keep)
        return redactor.redact_title(self.text) if self.title else redactor.redact_text(self.text)

    def list_missed(self) -> list[str]:
        """Parts that should be removed and are still there, partly or completely (false negatives)."""
        expected = self.text
        for part in self.gone:
            expected = expected.replace(part, " ")
        allowed, found = Counter(_WORD.findall(expected)), Counter(_WORD.findall(self.redact()))
        return [part for part in self.gone if any(found[word] > allowed[word] for word in _WORD.findall(part))]

    def list_lost(self) -> list[str]:
        """Parts that should stay and are removed (false positives)."""
        found = " ".join(self.redact().split())
        return [part for part in self.stays if " ".join(part.split()) not in found]


def read_lines(path: Path) -> Iterator[Line]:
    for row in path.read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            kind, mode, contacts, keep, text, gone, stays = map(_unescape, row.split("\t"))
            people = tuple(ContactData(*contact.split(";")) for contact in contacts.split(" || ") if contact)
            yield Line(kind, mode == "title", people, keep, text, _parts(gone), _parts(stays))


def measure(path: Path, kind: str) -> tuple[float, float]:
    """Precision and recall. True positives are removed parts that should be removed, false positives those that should stay."""
    lines = [line for line in read_lines(path) if line.kind == kind]
    gone, left = sum(len(line.gone) for line in lines), sum(len(line.list_missed()) for line in lines)
    lost = sum(len(line.list_lost()) for line in lines)
    return (gone - left) / (gone - left + lost), (gone - left) / gone


def _parts(value: str) -> tuple[str, ...]:
    return tuple(part for part in value.split("|") if part)


def _unescape(value: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)) if match.group(1) else "\n", value)
