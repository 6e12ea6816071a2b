"""Kind of employment: permanent, temporary, summer job and others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jobsearch.taxonomy.catalogue import ENGAGEMENTS

from .base import Facet


class EngagementFacet(Facet):
    """Kind of engagement, by the values of NAV's list."""

    name = "engagement"
    label = _("Ansettelsesform")
    unknown = _("Vi har ingen annonser med ansettelsesformen «%s» nå.")
    field = "engagement"
    listed = ENGAGEMENTS
