"""Input errors: parts of a search that could not be used, each with a sentence for the user."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

_UNKNOWN = {
    "since": lambda: _("Vi forstår ikke tidspunktet «%s»."),
    "sort": lambda: _("Vi kjenner ikke rekkefølgen «%s»."),
    "size": lambda: _("Vi kan ikke vise «%s» treff per side."),
    "page": lambda: _("Det finnes ingen side «%s»."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An input error.

    `field`: the parameter's name. `value`: its content ("" where that may not be repeated). `code`: unknown, too_many,
    too_long, too_deep, identity_number or email. `blocks`: the search may not be run at all.
    `unknown`: a facet's sentence for the code `unknown`, with %s for the value.
    """

    field: str
    value: str
    code: str
    blocks: bool = False
    unknown: str | Promise = dataclasses.field(default="", compare=False, kw_only=True)

    @property
    def message(self) -> str:
        """The sentence for the user."""
        if self.code == "identity_number":
            return _("Det ligner et fødselsnummer. Fjern det og prøv igjen. Vi har ikke lagret det.")
        if self.code == "email":
            return _("Fjern e-postadressen og prøv igjen. Vi har ikke lagret den.")
        if self.code == "too_long":
            return _("Søket var for langt, så vi brukte bare begynnelsen.")
        if self.code == "too_many":
            return _("Det var for mange valg i ett filter, så vi brukte bare de første.")
        if self.code == "too_deep":
            return _("Vi viser ikke så mange sider. Avgrens søket for å se flere.")
        return (str(self.unknown) or _UNKNOWN[self.field]()) % self.value
