"""Headings of landing pages: "Ledige stillinger på Voss", "Ledige stillinger som sykepleier", the latter also with a place."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jobsearch.search.facets import FACETS
from jobsearch.taxonomy import occupations, places, slugs

# Places whose Norwegian preposition is "på", not "i": islands, peninsulas and some inland towns and valleys.
PLACES_WITH_ON = frozenset(
    "ASKØY AUKRA AVERØY BOKN BØMLO DOVRE DØNNA EIDSVOLL ELVERUM FAUSKE FEDJE FITJAR FROSTA FRØYA GISKE GJØVIK GOL HAMAR HAMARØY "
    "HAREID HITRA HVALER HØYLANDET INDERØY JEVNAKER KARMØY KONGSBERG KVITSØY LEKA LESJA LILLEHAMMER LØTEN MODUM NESNA NESODDEN "
    "NOTODDEN OSTERØY RINGERIKE RØROS RØST SENJA SKJERVØY SMØLA SNÅSA SORTLAND STORD STRANDA SULA SVALBARD TRÆNA TYNSET TYSNES "
    "UTSIRA VEGA VEGÅRSHEI VESTRE~TOTEN VESTVÅGØY VOSS VÆRØY ØRLAND ØSTRE~TOTEN".replace("~", "_").split()
)

# Occupations by the Norwegian preposition of the heading: "som sykepleier", "for miljøarbeidere"; all others, which name a
# field of work, take "innen": "innen sjøfart".
OCCUPATIONS_WITH_AS = frozenset(
    """Betongfagarbeider·Bioingeniør·Eiendomsmegler·Ergoterapeut·Ernæringsfysiolog·Feier·Fysioterapeut·Helsefagarbeider
·Helsesekretær·Barnehagelærer·Kokk·Lege·Maler·Maskin- og kranfører·Mekaniker·Murer·Optiker·Psykolog·Rørlegger·Skredder·Sykepleier
·Truckfører·Vaktmester·Vernepleier""".replace("\n", "").split("·")
)
OCCUPATIONS_WITH_FOR = frozenset(
    """Audiografer og logopeder·Barnehage- og skolefritidsassistenter·Helse- og miljørådgivere·Instruktører og pedagoger
·Ledere av IKT-enheter·Ledere av undervisning og utdanning·Miljøarbeidere·Skytebaser og sprengningsarbeidere
·Veterinærer og dyrepleiere""".replace("\n", "").split("·")
)

# Whole headings for names that do not fit a preposition, in Norwegian or in another language of the site.
WHOLE_HEADINGS = {
    # Fields
    "Håndverkere": gettext_noop("Ledige stillinger for håndverkere"),
    # Bygg og anlegg
    "Andre ingeniører": gettext_noop("Ledige stillinger for ingeniører i andre fag"),
    "Arbeidsleder, bygg og anlegg": gettext_noop("Ledige stillinger som arbeidsleder i bygg og anlegg"),
    "Hjelpearbeider Bygg og anlegg": gettext_noop("Ledige stillinger som hjelpearbeider i bygg og anlegg"),
    "Ingeniør bygg": gettext_noop("Ledige stillinger som byggingeniør"),
    "Ingeniør miljøteknikk": gettext_noop("Ledige stillinger som ingeniør i miljøteknikk"),
    # Helse og sosial
    "Andre helseyrker": gettext_noop("Ledige stillinger i andre helseyrker"),
    "Farmasøytisk og apotekerarbeid": gettext_noop("Ledige stillinger innen farmasi og apotek"),
    "Hjemmehjelper og personlig assistent": gettext_noop("Ledige stillinger som hjemmehjelp eller personlig assistent"),
    "Kiropraktor og osteopat": gettext_noop("Ledige stillinger som kiropraktor eller osteopat"),
    "Leder innenfor helsetjenester": gettext_noop("Ledige stillinger som leder i helsetjenesten"),
    "Radiograf og audiograf": gettext_noop("Ledige stillinger som radiograf eller audiograf"),
    "Rådgivere innen sosiale fagfelt": gettext_noop("Ledige stillinger for rådgivere i sosiale fag"),
    "Tannhelse/-pleie": gettext_noop("Ledige stillinger innen tannhelse og tannpleie"),
    # Håndverkere
    "Elektriker/elektro": gettext_noop("Ledige stillinger som elektriker eller innen elektro"),
    "Platearbeider og sveiser": gettext_noop("Ledige stillinger som platearbeider eller sveiser"),
    "Tømrer og snekker": gettext_noop("Ledige stillinger som tømrer eller snekker"),
    "Øvrige håndverksyrker": gettext_noop("Ledige stillinger i andre håndverksyrker"),
    # IT
    "Drift, vedlikehold": gettext_noop("Ledige stillinger innen drift og vedlikehold av IT"),
    "Utvikling": gettext_noop("Ledige stillinger innen IT-utvikling"),
    # Industri og produksjon
    "Andre hjelpearbeidere": gettext_noop("Ledige stillinger som hjelpearbeider i industri og produksjon"),
    "Arbeidsleder, industri": gettext_noop("Ledige stillinger som arbeidsleder i industrien"),
    "Elektro/elektronikk": gettext_noop("Ledige stillinger innen elektro og elektronikk"),
    "Trevarearbeid og –foredling": gettext_noop("Ledige stillinger innen trevarearbeid og treforedling"),
    # Kontor og økonomi
    "Bank finans forsikring": gettext_noop("Ledige stillinger innen bank, finans og forsikring"),
    # Kultur og kreative yrker
    "Andre yrker innen estetiske fag": gettext_noop("Andre ledige stillinger innen estetiske fag"),
    "Museum, bibliotek, arkiv": gettext_noop("Ledige stillinger innen museum, bibliotek og arkiv"),
    "Musikk/lyd, foto og video": gettext_noop("Ledige stillinger innen musikk, lyd, foto og video"),
    # Natur og miljø
    "Biologer, zoologer, botanikere": gettext_noop("Ledige stillinger for biologer, zoologer og botanikere"),
    "Naturvitenskapelige yrker": gettext_noop("Ledige stillinger i naturvitenskapelige yrker"),
    # Reiseliv og mat
    "Baker og konditor": gettext_noop("Ledige stillinger som baker eller konditor"),
    "Restaurant": gettext_noop("Ledige stillinger i restaurantbransjen"),
    # Salg og service
    "Post og måleavlesere": gettext_noop("Ledige stillinger innen post og måleravlesning"),
    "Renholdere og renovasjon": gettext_noop("Ledige stillinger innen renhold og renovasjon"),
    "Salg, butikk- og varehandel": gettext_noop("Ledige stillinger innen salg, butikk og varehandel"),
    "Tolk og oversettere": gettext_noop("Ledige stillinger som tolk eller oversetter"),
    # Sikkerhet og beredskap
    "Brann-, utryknings- og redningspersonell": gettext_noop("Ledige stillinger innen brann, utrykning og redning"),
    "Forsvar/militære": gettext_noop("Ledige stillinger innen forsvar og militære yrker"),
    "Vakt-, sikrings- og kontrollarbeid": gettext_noop("Ledige stillinger innen vakthold, sikring og kontroll"),
    # Transport og lager
    "Speditør og befrakter": gettext_noop("Ledige stillinger som speditør eller befrakter"),
    # Utdanning
    "Forskningsarbeid": gettext_noop("Ledige stillinger innen forskning"),
    "Grunnskole": gettext_noop("Ledige stillinger i grunnskolen"),
    "Ledere av omsorgstjenetser for barn": gettext_noop("Ledige stillinger for ledere av omsorgstjenester for barn"),
    "Universitet og høyskole": gettext_noop("Ledige stillinger ved universitet og høyskole"),
    "Videregående skole": gettext_noop("Ledige stillinger i videregående skole"),
}


def build_heading(named: slugs.FacetValue) -> str:
    """The heading of a landing page in the language of the page."""
    label = FACETS[named.facet].label_value(named.path)
    if named.facet == "place":
        return _build_place_heading(named.path, label)
    return _build_occupation_heading(named.path, label)


def add_place(heading: str, path: str) -> str:
    """A heading of occupations with a place at its end."""
    if path == places.ABROAD:
        return _("%(heading)s i utlandet") % {"heading": heading}
    with_place = _("%(heading)s på %(place)s") if takes_on(path) else _("%(heading)s i %(place)s")
    return with_place % {"heading": heading, "place": FACETS["place"].label_value(path)}


def takes_on(path: str) -> bool:
    """Whether the place takes "på" in Norwegian, not "i"."""
    return path.rpartition("/")[2].replace(" ", "_") in PLACES_WITH_ON


def _build_place_heading(path: str, label: str) -> str:
    if path == places.ABROAD:
        return _("Ledige stillinger i utlandet")
    heading = _("Ledige stillinger på %(place)s") if takes_on(path) else _("Ledige stillinger i %(place)s")
    return heading % {"place": label}


def _build_occupation_heading(path: str, label: str) -> str:
    name = occupations.get_label(path)
    if whole_heading := WHOLE_HEADINGS.get(name):
        return _(whole_heading)
    if name in OCCUPATIONS_WITH_AS:
        heading = _("Ledige stillinger som %(occupation)s")
    elif name in OCCUPATIONS_WITH_FOR:
        heading = _("Ledige stillinger for %(occupation)s")
    else:
        heading = _("Ledige stillinger innen %(occupation)s")
    return heading % {"occupation": label if label[:2].isupper() else label[:1].lower() + label[1:]}
