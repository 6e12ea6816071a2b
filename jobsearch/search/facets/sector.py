"""Sector: private or public."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jobsearch.taxonomy.catalogue import SECTORS

from .base import Facet


class SectorFacet(Facet):
    name = "sector"
    label = _("Sektor")
    unknown = _("Vi har ingen annonser fra sektoren «%s» nå.")
    field = "sector"
    listed = SECTORS
