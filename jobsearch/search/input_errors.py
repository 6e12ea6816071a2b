"""What of a search could not be used, for the page to say in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

_UNKNOWN = {
    "place": lambda: _("Vi har ingen annonser fra stedet «%s» nå."),
    "occupation": lambda: _("Vi har ingen annonser med yrket «%s» nå."),
    "sector": lambda: _("Vi har ingen annonser fra sektoren «%s» nå."),
    "extent": lambda: _("Vi har ingen annonser med omfanget «%s» nå."),
    "engagement": lambda: _("Vi har ingen annonser med ansettelsesformen «%s» nå."),
    "employer": lambda: _("Vi har ingen annonser fra «%s» nå."),
    "language": lambda: _("Vi har ingen annonser på språket «%s» nå."),
    "deadline": lambda: _("Vi kjenner ikke fristen «%s»."),
    "published": lambda: _("Vi kan ikke vise annonser fra «%s»."),
    "km": lambda: _("Vi kan ikke søke innen «%s» km. Velg en av avstandene i listen."),
    "since": lambda: _("Vi forstår ikke tidspunktet «%s»."),
    "sort": lambda: _("Vi kjenner ikke rekkefølgen «%s»."),
    "size": lambda: _("Vi kan ikke vise «%s» treff per side."),
    "page": lambda: _("Det finnes ingen side «%s»."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`field`: the parameter's name. `value`: what it held ("" where that may not be repeated). `code`: one of unknown,
    too_many, too_long, too_deep, identity_number, email. `blocks`: nothing may be searched for."""

    field: str
    value: str
    code: str
    blocks: bool = False

    @property
    def facet(self) -> str:
        return self.field

    @property
    def message(self) -> str:
        """The sentence for a visitor."""
        if self.code == "identity_number":
            return _("Søket ser ut til å inneholde et fødselsnummer. Vi har ikke søkt, og ikke lagret det.")
        if self.code == "email":
            return _("Søket inneholder en e-postadresse. Vi har ikke søkt, og ikke lagret den.")
        if self.code == "too_long":
            return _("Søket var for langt, så vi brukte bare begynnelsen.")
        if self.code == "too_many":
            return _("Det var for mange valg i ett filter, så vi brukte bare de første.")
        if self.code == "too_deep":
            return _("Vi viser ikke så mange sider. Gjør søket smalere for å se resten.")
        return _UNKNOWN[self.field]() % self.value
