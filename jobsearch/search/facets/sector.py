"""Sector: private or public."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jobsearch.taxonomy.catalogue import SECTORS

from .base import Facet


class SectorFacet(Facet):
    """Private or public sector, by the values of NAV's list."""

    name = "sector"
    label = _("Sektor")
    unknown = _("Vi har ingen annonser fra sektoren «%s» nå.")
    field = "sector"
    listed = SECTORS
