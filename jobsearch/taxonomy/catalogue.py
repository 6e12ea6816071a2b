"""Lists of the values by which the feed classifies ads, in NAV's own spelling.

Counties and municipalities in upper case, NAV's two-level occupations with normalised white space, kinds of engagement,
languages, and the countries that have another name in other languages.
"""

from __future__ import annotations

from jobsearch.core.text_values import collapse_whitespace


def _parse_table(lines: str, separator: str) -> dict[str, tuple[str, ...]]:
    rows = (line.partition(":") for line in lines.strip().splitlines())
    return {
        collapse_whitespace(key): tuple(collapse_whitespace(value) for value in values.split(separator))
        for key, _, values in rows
    }


# County -> municipalities, from 2024 on: 15 counties, 357 municipalities.
COUNTIES = _parse_table(
    """
AGDER: ARENDAL, BIRKENES, BYGLAND, BYKLE, EVJE OG HORNNES, FARSUND, FLEKKEFJORD, FROLAND, GJERSTAD, GRIMSTAD, HÆGEBOSTAD, IVELAND, KRISTIANSAND, KVINESDAL, LILLESAND, LINDESNES, LYNGDAL, RISØR, SIRDAL, TVEDESTRAND, VALLE, VEGÅRSHEI, VENNESLA, ÅMLI, ÅSERAL
AKERSHUS: ASKER, AURSKOG-HØLAND, BÆRUM, EIDSVOLL, ENEBAKK, FROGN, GJERDRUM, HURDAL, JEVNAKER, LILLESTRØM, LUNNER, LØRENSKOG, NANNESTAD, NES (AKERSHUS), NESODDEN, NITTEDAL, NORDRE FOLLO, RÆLINGEN, ULLENSAKER, VESTBY, ÅS
BUSKERUD: DRAMMEN, FLESBERG, FLÅ, GOL, HEMSEDAL, HOL, HOLE, KONGSBERG, KRØDSHERAD, LIER, MODUM, NESBYEN, NORE OG UVDAL, RINGERIKE, ROLLAG, SIGDAL, ØVRE EIKER, ÅL
FINNMARK: ALTA, BERLEVÅG, BÅTSFJORD, DEATNU TANA, GAMVIK, GUOVDAGEAIDNU KAUTOKEINO, HAMMERFEST, HASVIK, KARASJOHKA KARASJOK, LEBESBY, LOPPA, MÅSØY, NORDKAPP, PORSANGER PORSÁNGU PORSANKI, SØR-VARANGER, UNJARGGA NESSEBY, VADSØ, VARDØ
INNLANDET: ALVDAL, DOVRE, EIDSKOG, ELVERUM, ENGERDAL, ETNEDAL, FOLLDAL, GAUSDAL, GJØVIK, GRAN, GRUE, HAMAR, KONGSVINGER, LESJA, LILLEHAMMER, LOM, LØTEN, NORD-AURDAL, NORD-FRON, NORD-ODAL, NORDRE LAND, OS (INNLANDET), RENDALEN, RINGEBU, RINGSAKER, SEL, SKJÅK, STANGE, STOR-ELVDAL, SØNDRE LAND, SØR-AURDAL, SØR-FRON, SØR-ODAL, TOLGA, TRYSIL, TYNSET, VANG, VESTRE SLIDRE, VESTRE TOTEN, VÅGÅ, VÅLER (INNLANDET), ØSTRE TOTEN, ØYER, ØYSTRE SLIDRE, ÅMOT, ÅSNES
MØRE OG ROMSDAL: AUKRA, AURE, AVERØY, FJORD, GISKE, GJEMNES, HARAM, HAREID, HERØY (MØRE OG ROMSDAL), HUSTADVIKA, KRISTIANSUND, MOLDE, RAUMA, SANDE (MØRE OG ROMSDAL), SMØLA, STRANDA, SULA, SUNNDAL, SURNADAL, SYKKYLVEN, TINGVOLL, ULSTEIN, VANYLVEN, VESTNES, VOLDA, ØRSTA, ÅLESUND
NORDLAND: ALSTAHAUG, ANDØY, BEIARN, BINDAL, BODØ, BRØNNØY, BØ (NORDLAND), DØNNA, EVENES, FAUSKE, FLAKSTAD, GILDESKÅL, GRANE, HADSEL, HAMARØY, HATTFJELLDAL, HEMNES, HERØY (NORDLAND), LEIRFJORD, LURØY, LØDINGEN, MELØY, MOSKENES, NARVIK, NESNA, RANA, RØDØY, RØST, SALTDAL, SORTLAND, STEIGEN, SØMNA, SØRFOLD, TRÆNA, VEFSN, VEGA, VESTVÅGØY, VEVELSTAD, VÆRØY, VÅGAN, ØKSNES
OSLO: OSLO
ROGALAND: BJERKREIM, BOKN, EIGERSUND, GJESDAL, HAUGESUND, HJELMELAND, HÅ, KARMØY, KLEPP, KVITSØY, LUND, RANDABERG, SANDNES, SAUDA, SOKNDAL, SOLA, STAVANGER, STRAND, SULDAL, TIME, TYSVÆR, UTSIRA, VINDAFJORD
TELEMARK: BAMBLE, DRANGEDAL, FYRESDAL, HJARTDAL, KRAGERØ, KVITESEID, MIDT-TELEMARK, NISSEDAL, NOME, NOTODDEN, PORSGRUNN, SELJORD, SILJAN, SKIEN, TINN, TOKKE, VINJE
TROMS: BALSFJORD, BARDU, DYRØY, GRATANGEN, GÁIVUOTNA KÅFJORD, HARSTAD, IBESTAD, KARLSØY, KVÆFJORD, KVÆNANGEN, LAVANGEN, LYNGEN, MÅLSELV, NORDREISA, SALANGEN, SENJA, SKJERVØY, STORFJORD, SØRREISA, TJELDSUND, TROMSØ
TRØNDELAG: FLATANGER, FROSTA, FRØYA, GRONG, HEIM, HITRA, HOLTÅLEN, HØYLANDET, INDERØY, INDRE FOSEN, LEKA, LEVANGER, LIERNE, MALVIK, MELHUS, MERÅKER, MIDTRE GAULDAL, NAMSOS, NAMSSKOGAN, NÆRØYSUND, OPPDAL, ORKLAND, OSEN, OVERHALLA, RENNEBU, RINDAL, RØROS, RØYRVIK, SELBU, SKAUN, SNÅSA, STEINKJER, STJØRDAL, TRONDHEIM, TYDAL, VERDAL, ØRLAND, ÅFJORD
VESTFOLD: FÆRDER, HOLMESTRAND, HORTEN, LARVIK, SANDEFJORD, TØNSBERG
VESTLAND: ALVER, ASKVOLL, ASKØY, AURLAND, AUSTEVOLL, AUSTRHEIM, BERGEN, BJØRNAFJORDEN, BREMANGER, BØMLO, EIDFJORD, ETNE, FEDJE, FITJAR, FJALER, GLOPPEN, GULEN, HYLLESTAD, HØYANGER, KINN, KVAM, KVINNHERAD, LUSTER, LÆRDAL, MASFJORDEN, MODALEN, OSTERØY, SAMNANGER, SOGNDAL, SOLUND, STAD, STORD, STRYN, SUNNFJORD, SVEIO, TYSNES, ULLENSVANG, ULVIK, VAKSDAL, VIK, VOSS, ØYGARDEN, ÅRDAL
ØSTFOLD: AREMARK, FREDRIKSTAD, HALDEN, HVALER, INDRE ØSTFOLD, MARKER, MOSS, RAKKESTAD, RÅDE, SARPSBORG, SKIPTVET, VÅLER (ØSTFOLD)
SVALBARD: LONGYEARBYEN
""",  # noqa: E501 - one county a line reads better than a wrapped table
    ",",
)

# Level 1 -> level 2: NAV's classification of occupations (`occupationCategories`), commas inside names.
OCCUPATIONS = _parse_table(
    """
Bygg og anlegg: Andre ingeniører · Arbeidsleder, bygg og anlegg · Arealplanlegging og arkitektur · Hjelpearbeider Bygg og anlegg · Ingeniør bygg · Ingeniør miljøteknikk · Maskin- og kranfører · Skytebaser og sprengningsarbeidere
Helse og sosial: Alternativ medisin · Andre helseyrker · Audiografer og logopeder · Bioingeniør · Ergoterapeut · Ernæringsfysiolog · Farmasøytisk og apotekerarbeid · Fysioterapeut · Helse- og miljørådgivere · Helsefagarbeider · Helsesekretær · Hjemmehjelper og personlig assistent · Kiropraktor og osteopat · Leder innenfor helsetjenester · Lege · Miljøarbeidere · Optiker · Psykolog · Radiograf og audiograf · Rådgivere innen sosiale fagfelt · Sykepleier · Tannhelse/-pleie · Vernepleier
Håndverkere: Betongfagarbeider · Elektriker/elektro · Feier · Maler · Mekaniker · Murer · Platearbeider og sveiser · Rørlegger · Skredder · Tømrer og snekker · Vaktmester · Øvrige håndverksyrker
IT: Drift, vedlikehold · Interaksjonsdesign · Ledere av IKT-enheter · Utvikling
Industri og produksjon: Andre hjelpearbeidere · Arbeidsleder, industri · Elektro/elektronikk · Fysikk, kjemi og metallurgi · Jern og metall · Maskinteknikk og mekanikk · Matproduksjon og næringsmiddelarbeid · Olje, gass og bergverk · Tekstil og presisjonsarbeid · Trevarearbeid og –foredling
Kontor og økonomi: Bank finans forsikring · Juridisk arbeid · Kontor, forvaltning og saksbehandling · Ledelse, administrasjon og rådgivning · Megling · Organisasjonsarbeid og politikk · Personal, arbeidsmiljø og rekruttering · Økonomi, statistikk og regnskap
Kultur og kreative yrker: Andre yrker innen estetiske fag · Design, grafisk arbeid og illustrasjon · Fritid · Journalistikk, kommunikasjon og litteratur · Kunst og kunsthåndverk · Museum, bibliotek, arkiv · Musikk/lyd, foto og video · Reklame og dekorasjon · Religiøst arbeid · Sport og idrett · Underholdning, scene og teater
Natur og miljø: Biologer, zoologer, botanikere · Fiske, fangst og oppdrett · Jordbruk og dyrehold · Miljøvern · Naturvitenskapelige yrker · Skogbruk, gartnerarbeid og hagebruk · Veterinærer og dyrepleiere
Reiseliv og mat: Baker og konditor · Kokk · Reiseliv, hotell og overnatting · Restaurant
Salg og service: Eiendomsmegler · Frisør og velvære · Markedsføring og reklame · Personlig tjenesteyting · Post og måleavlesere · Renholdere og renovasjon · Salg, butikk- og varehandel · Tolk og oversettere
Sikkerhet og beredskap: Brann-, utryknings- og redningspersonell · Forsvar/militære · Politi, fengsel og toll · Vakt-, sikrings- og kontrollarbeid
Transport og lager: Logistikk, lagerarbeid og innkjøp · Lufttrafikk · Sjøfart · Speditør og befrakter · Tog-, sporvogn- og vegtrafikk · Truckfører
Uoppgitt/ ikke identifiserbare: Ikke identifiserbare
Utdanning: Barnehage- og skolefritidsassistenter · Barnehagelærer · Forskningsarbeid · Grunnskole · Instruktører og pedagoger · Ledere av omsorgstjenetser for barn · Ledere av undervisning og utdanning · Universitet og høyskole · Videregående skole
""",  # noqa: E501 - as above
    "·",
)

SECTORS = ("Privat", "Offentlig")
EXTENTS = ("Heltid", "Deltid")
ENGAGEMENTS = (
    "Fast",
    "Vikariat",
    "Engasjement",
    "Prosjekt",
    "Åremål",
    "Sesong",
    "Feriejobb",
    "Trainee",
    "Lærling",
    "Selvstendig næringsdrivende",
    "Frilanser",
    "Annet",
)
NOT_STATED = "Ikke oppgitt"
# Languages that `vacancies.language` guesses for an ad's text: code -> Norwegian name.
LANGUAGES = {
    "nb": "Bokmål",
    "nn": "Nynorsk",
    "en": "Engelsk",
    "pl": "Polsk",
    "lt": "Litauisk",
    "se": "Nordsamisk",
    "da": "Dansk",
    "sv": "Svensk",
}

# Countries with another name in English or nynorsk, or with other capitals than a Norwegian place (USA). The names of all other
# countries are shown as in the feed.
COUNTRIES = tuple(
    " ".join(
        """
Algerie, Aserbajdsjan, Belgia, Bosnia-Hercegovina, Brasil, Danmark, De forente arabiske emirater, Den dominikanske
republikk, Den sentralafrikanske republikk, Ekvatorial-Guinea, Elfenbenskysten, Estland, Etiopia, Falklandsøyene,
Filippinene, Frankrike, Færøyene, Grønland, Hellas, Hongkong, Irak, Irland, Island, Italia, Jemen, Kambodsja, Kamerun,
Kapp Verde, Kasakhstan, Kina, Kirgisistan, Kongo, Kroatia, Kypros, Libanon, Litauen, Madagaskar, Maldivene, Marokko,
Mosambik, Nederland, Nord-Korea, Nord-Makedonia, Palestina, Papua Ny-Guinea, Polen, Russland, Salomonøyene,
Saudi-Arabia, Seychellene, Spania, Storbritannia, Sveits, Sverige, Sør-Afrika, Sør-Korea, Sør-Sudan, Tadsjikistan,
Trinidad og Tobago, Tsjekkia, Tyrkia, Tyskland, USA, Ukraina, Ungarn, Usbekistan, Vatikanstaten, Øst-Timor, Østerrike
""".split()
    ).split(", ")
)
