"""Sentences that say how a wish such as "uten erfaring" was read."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobsearch.search import api as search

LABELS = {
    "experience": gettext_lazy("erfaring"),
    "education": gettext_lazy("utdanning"),
    "degree": gettext_lazy("høyere utdanning"),
    "trade": gettext_lazy("fagbrev"),
    "authorisation": gettext_lazy("autorisasjon"),
    "norwegian": gettext_lazy("norsk"),
    "english": gettext_lazy("engelsk"),
    "licence": gettext_lazy("førerkort"),
    "car": gettext_lazy("egen bil"),
    "truck": gettext_lazy("truckførerbevis"),
    "certificate": gettext_lazy("sertifikat"),
    "age": gettext_lazy("alder"),
    "references": gettext_lazy("referanser"),
    "police": gettext_lazy("politiattest"),
    "clearance": gettext_lazy("sikkerhetsklarering"),
    "permit": gettext_lazy("arbeidstillatelse"),
    "cv": gettext_lazy("CV"),
    "night": gettext_lazy("nattarbeid"),
    "evening": gettext_lazy("kveldsarbeid"),
    "weekend": gettext_lazy("helgearbeid"),
    "shift": gettext_lazy("skift eller turnus"),
    "commission": gettext_lazy("provisjon"),
    "travel": gettext_lazy("reiser"),
    "overtime": gettext_lazy("overtid"),
    "on-call": gettext_lazy("bakvakt"),
    "cold-calling": gettext_lazy("telefonsalg eller dørsalg"),
}
"""Name of a kind of `requirement_kinds` -> what a page calls it."""


def describe_wishes(found: search.Page, sort: str) -> list[str]:
    """One sentence for the requirements and one for the working conditions that the visitor does without."""
    requirements = ", ".join(str(LABELS[wish.kind]) for wish in found.wishes if not wish.is_condition)
    conditions = ", ".join(str(LABELS[wish.kind]) for wish in found.wishes if wish.is_condition)
    sentences = []
    if requirements:
        sentences.append(_choose_sentence(found, sort) % {"what": requirements})
    if conditions:
        sentences.append(_("Uten %(what)s: Annonser som nevner det, er utelatt.") % {"what": conditions})
    return sentences


def _choose_sentence(found: search.Page, sort: str) -> str:
    if found.is_silent:
        return _("Ingen annonser sier at de ikke krever %(what)s. Viser annonser som ikke nevner det som krav.")
    if found.only_stated:
        return _("Viser annonser som sier at de ikke krever %(what)s.")
    if sort == "relevance":
        return _("Uten krav om %(what)s: Annonser som sier dette, står først. De som krever det, er utelatt.")
    return _("Uten krav om %(what)s: Annonser som krever det, er utelatt.")
