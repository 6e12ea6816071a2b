"""Extent: full-time or part-time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jobsearch.taxonomy.catalogue import EXTENTS

from .base import Facet


class ExtentFacet(Facet):
    """Full-time or part-time, by the values of NAV's list."""

    name = "extent"
    label = _("Omfang")
    unknown = _("Vi har ingen annonser med omfanget «%s» nå.")
    field = "extent"
    listed = EXTENTS
    hint = _("De fleste annonser er oppgitt som heltid, også noen som kan være deltid.")
