"""Language of the ad's text."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from jobsearch.taxonomy import labels
from jobsearch.taxonomy.catalogue import LANGUAGES, NOT_STATED

from .base import Facet


class LanguageFacet(Facet):
    """Values are codes of `catalogue.LANGUAGES`; the rare ones are shown only where ads have them."""

    name = "language"
    label = _("Språk i annonsen")
    unknown = _("Vi har ingen annonser på språket «%s» nå.")
    field = "language"
    listed = ("nb", "nn", "en")

    def is_known(self, value: str) -> bool:
        return value == NOT_STATED or value in LANGUAGES

    def label_value(self, value: str) -> str:
        return labels.translate_value(LANGUAGES.get(value, value))

    def label_in_sentence(self, value: str) -> str:
        is_english = (get_language() or "").startswith("en")  # which writes names of languages with a capital
        return self.label_value(value) if is_english else super().label_in_sentence(value)
