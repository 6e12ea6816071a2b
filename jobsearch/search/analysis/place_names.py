"""Gazetteer: place names that people type and NAV's catalogue lacks, such as towns, city districts, regions and old counties.

Each name is mapped to the municipalities or counties where it lies. Those themselves are in `taxonomy.catalogue`. Also
corrects place names typed on foreign keyboards.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from jobsearch.taxonomy import catalogue, geography

from .folding import list_keyboard_forms, normalise_spelling

# Municipality: its towns, villages and city districts with a name of one word.
_TOWNS = """
OSLO: grünerløkka sagene nordstrand stovner grorud furuset romsås bjerke ullern majorstuen frogner tøyen holmlia lambertseter ryen
    helsfyr skøyen nydalen bryn alnabru storo kalbakken ensjø bjørvika lysaker groruddalen lindeberg ammerud haugerud
    torshov grefsen røa vinderen smestad bislett majorstua vålerenga bøler oppsal manglerud østensjø mortensrud
    blindern sinsen økern sofienberg briskeby tjuvholmen bekkelaget ekeberg tveita ellingsrud linderud kjelsås tåsen korsvoll
    holmenkollen bygdøy lilleaker
BÆRUM: sandvika fornebu bekkestua stabekk høvik kolsås rykkinn bærums hosle østerås
ASKER: slependen heggedal røyken spikkestad sætre tofte slemmestad
NORDRE FOLLO: ski kolbotn oppegård langhus vinterbro
FROGN: drøbak
LILLESTRØM: skedsmokorset strømmen kjeller fetsund sørumsand skjetten skedsmo kløfta frogner
LØRENSKOG: fjellhamar skårer nordbyhagen
ULLENSAKER: jessheim gardermoen kløfta
NES (AKERSHUS): årnes vormsund
NITTEDAL: hakadal
AURSKOG-HØLAND: bjørkelangen aurskog
NANNESTAD: maura
EIDSVOLL: råholt
RÆLINGEN: fjerdingby
INDRE ØSTFOLD: askim mysen spydeberg hobøl trøgstad
FREDRIKSTAD: rolvsøy kråkerøy gressvik
SARPSBORG: borgenhaugen grålum
HALDEN: svinesund
RINGERIKE: hønefoss
ØVRE EIKER: hokksund vestfossen
LIER: lierbyen tranby
MODUM: vikersund åmot
KRØDSHERAD: noresund
HOL: geilo
TØNSBERG: sem revetal
HOLMESTRAND: sande hof
HORTEN: borre åsgårdstrand
FÆRDER: nøtterøy tjøme
LARVIK: stavern
SANDEFJORD: stokke andebu
SKIEN: ulefoss klosterskogen
PORSGRUNN: brevik herøya
BAMBLE: langesund stathelle
MIDT-TELEMARK: bø gvarv
TINN: rjukan
VINJE: åmot rauland
HAMAR: stange ottestad
RINGSAKER: moelv brumunddal rudshøgda
GJØVIK: raufoss
VESTRE TOTEN: raufoss reinsvoll
ØSTRE TOTEN: lena skreia
GRAN: brandbu jaren
NORDRE LAND: dokka
NORD-AURDAL: fagernes
NORD-FRON: vinstra
SEL: otta
ÅMOT: rena
STOR-ELVDAL: koppang
SØR-ODAL: skarnes
VÅLER (INNLANDET): braskereidfoss
GRUE: kirkenær
ÅSNES: flisa
ARENDAL: hisøy
LILLESAND: høvåg
LINDESNES: mandal
KRISTIANSAND: søgne songdalen vågsbygd randesund sørlandsparken
EVJE OG HORNNES: evje
EIGERSUND: egersund
SANDNES: forus ganddal
STAVANGER: hundvåg madla hillevåg rennesøy tjensvoll kvernevik storhaug ullandhaug tasta hinna
SOLA: tananger risavika
TIME: bryne
HÅ: nærbø varhaug vigrestad
GJESDAL: ålgård
STRAND: jørpeland
SULDAL: sand
KARMØY: kopervik åkrehamn avaldsnes
TYSVÆR: aksdal frakkagjerd
BERGEN: fana åsane laksevåg fyllingsdalen nesttun arna ytrebygda årstad sandsli kokstad
    loddefjord landås sandviken flesland danmarksplass
ALVER: knarvik lindås
BJØRNAFJORDEN: osøyro os
ØYGARDEN: straume sotra
ASKØY: kleppestø
STORD: leirvik
KVINNHERAD: husnes rosendal
KVAM: norheimsund
ULLENSVANG: odda kinsarvik
SUNNFJORD: førde skei
KINN: florø måløy
STAD: nordfjordeid
GLOPPEN: sandane
SOGNDAL: leikanger kaupanger
LUSTER: gaupne
HØYANGER: vadheim
ÅRDAL: årdalstangen
AURLAND: flåm
ÅLESUND: moa spjelkavik skodje
ULSTEIN: ulsteinvik
HERØY (MØRE OG ROMSDAL): fosnavåg
VANYLVEN: fiskåbygd
RAUMA: åndalsnes
SUNNDAL: sunndalsøra
SURNADAL: skei
HUSTADVIKA: elnesvågen
HARAM: brattvåg
ORKLAND: orkanger
TRONDHEIM: heimdal tiller lade ranheim lerkendal saupstad flatåsen moholt strindheim byåsen
    sluppen kattem bakklandet leangen jakobsli
MALVIK: hommelvik
VERDAL: verdalsøra
NÆRØYSUND: kolvereid rørvik
INDRE FOSEN: rissa
ØRLAND: brekstad
HITRA: fillan
STEINKJER: egge
LEVANGER: skogn åsen
VEFSN: mosjøen
RANA: selfors
ALSTAHAUG: sandnessjøen
BRØNNØY: brønnøysund
VÅGAN: svolvær kabelvåg
VESTVÅGØY: leknes stamsund
HADSEL: stokmarknes melbu
ØKSNES: myre
ANDØY: andenes
MELØY: ørnes glomfjord
SALTDAL: rognan
NARVIK: ankenes bjerkvik
SENJA: finnsnes
BARDU: setermoen
MÅLSELV: bardufoss
NORDREISA: storslett
TROMSØ: tromsdalen kroken
KARLSØY: hansnes
SØR-VARANGER: kirkenes
NORDKAPP: honningsvåg
PORSANGER PORSÁNGU PORSANKI: lakselv
DEATNU TANA: tanabru
LEBESBY: kjøllefjord
MÅSØY: havøysund
LOPPA: øksfjord
SVALBARD: svalbard
"""

# Names of a region: its counties or municipalities.
_REGIONS = """
nord-norge, nord norge, nordnorge, nord-noreg, northern norway: NORDLAND, TROMS, FINNMARK
østlandet, austlandet, eastern norway: OSLO, AKERSHUS, ØSTFOLD, BUSKERUD, INNLANDET, VESTFOLD, TELEMARK
vestlandet, vest-norge, western norway: ROGALAND, VESTLAND, MØRE OG ROMSDAL
sørlandet, sør-norge: AGDER
midt-norge, midt norge, midt-noreg, trøndelagsregionen: TRØNDELAG, MØRE OG ROMSDAL
oslo og omegn, oslo og akershus, oslo-området, osloområdet, stor-oslo, oslo-regionen, osloregionen: OSLO, AKERSHUS
viken: AKERSHUS, BUSKERUD, ØSTFOLD
vestfold og telemark: VESTFOLD, TELEMARK
troms og finnmark: TROMS, FINNMARK
hedmark, oppland, hedmark og oppland: INNLANDET
hordaland, sogn og fjordane: VESTLAND
sør-trøndelag, nord-trøndelag: TRØNDELAG
aust-agder, vest-agder: AGDER
nedre romerike: LILLESTRØM, LØRENSKOG, RÆLINGEN, NITTEDAL, AURSKOG-HØLAND
øvre romerike: ULLENSAKER, EIDSVOLL, NANNESTAD, NES (AKERSHUS), GJERDRUM, HURDAL
romerike: LILLESTRØM, LØRENSKOG, RÆLINGEN, NITTEDAL, AURSKOG-HØLAND, ULLENSAKER, EIDSVOLL, NANNESTAD, NES (AKERSHUS), GJERDRUM, HURDAL
follo: NORDRE FOLLO, ÅS, VESTBY, FROGN, NESODDEN, ENEBAKK
hadeland: GRAN, LUNNER, JEVNAKER
toten: ØSTRE TOTEN, VESTRE TOTEN
valdres: NORD-AURDAL, SØR-AURDAL, ETNEDAL, VANG, VESTRE SLIDRE, ØYSTRE SLIDRE
gudbrandsdalen: LILLEHAMMER, ØYER, GAUSDAL, RINGEBU, SØR-FRON, NORD-FRON, SEL, VÅGÅ, LOM, SKJÅK, DOVRE, LESJA
hallingdal: FLÅ, NESBYEN, GOL, HEMSEDAL, ÅL, HOL
grenland: SKIEN, PORSGRUNN, BAMBLE, SILJAN, DRANGEDAL, KRAGERØ
setesdal: BYGLAND, VALLE, BYKLE, EVJE OG HORNNES
jæren: SANDNES, SOLA, KLEPP, TIME, HÅ, GJESDAL, RANDABERG, STAVANGER
haugalandet: HAUGESUND, KARMØY, TYSVÆR, BOKN, UTSIRA, VINDAFJORD, SVEIO, ETNE
ryfylke: STRAND, HJELMELAND, SULDAL, SAUDA, KVITSØY
sunnhordland: STORD, BØMLO, FITJAR, KVINNHERAD, TYSNES, SVEIO, ETNE
hardanger: ULLENSVANG, EIDFJORD, ULVIK, KVAM
nordfjord: STAD, GLOPPEN, STRYN, BREMANGER
sunnmøre: ÅLESUND, GISKE, SULA, HAREID, ULSTEIN, HERØY (MØRE OG ROMSDAL), SANDE (MØRE OG ROMSDAL), VANYLVEN, VOLDA, ØRSTA, SYKKYLVEN, STRANDA, FJORD, HARAM
nordmøre: KRISTIANSUND, AVERØY, GJEMNES, TINGVOLL, SUNNDAL, SURNADAL, SMØLA, AURE
romsdal: MOLDE, AUKRA, HUSTADVIKA, VESTNES, RAUMA
fosen: INDRE FOSEN, ØRLAND, ÅFJORD, OSEN
innherred: LEVANGER, VERDAL, STEINKJER, INDERØY
namdalen: NAMSOS, NÆRØYSUND, OVERHALLA, GRONG, HØYLANDET, LIERNE, RØYRVIK, NAMSSKOGAN, FLATANGER, LEKA
helgeland: BINDAL, SØMNA, BRØNNØY, VEGA, VEVELSTAD, HERØY (NORDLAND), ALSTAHAUG, LEIRFJORD, VEFSN, GRANE, HATTFJELLDAL, DØNNA, NESNA, HEMNES, RANA, LURØY, TRÆNA, RØDØY
salten: BODØ, FAUSKE, SALTDAL, SØRFOLD, STEIGEN, HAMARØY, GILDESKÅL, BEIARN, MELØY
lofoten: VÅGAN, VESTVÅGØY, FLAKSTAD, MOSKENES, VÆRØY, RØST
vesterålen: SORTLAND, HADSEL, BØ (NORDLAND), ØKSNES, ANDØY
ofoten: NARVIK, EVENES, LØDINGEN
mo i rana: RANA
midt-troms: SENJA, MÅLSELV, BARDU, SØRREISA, DYRØY, SALANGEN
øst-finnmark: SØR-VARANGER, VADSØ, VARDØ, DEATNU TANA, UNJARGGA NESSEBY, BÅTSFJORD, BERLEVÅG, GAMVIK, LEBESBY
vest-finnmark: ALTA, HAMMERFEST, LOPPA, HASVIK, MÅSØY, NORDKAPP, PORSANGER PORSÁNGU PORSANKI, KARASJOHKA KARASJOK, GUOVDAGEAIDNU KAUTOKEINO
"""  # noqa: E501 - one region per line is easier to edit than a wrapped table

COUNTIES_OF: dict[str, tuple[str, ...]] = {}
"""Name of a municipality -> the paths of those with this name; with and without the addition in brackets, NES (AKERSHUS)."""
for _county, _names in catalogue.COUNTIES.items():
    for _name in _names:
        for _form in {_name, _name.partition(" (")[0]}:
            COUNTIES_OF[_form] = (*COUNTIES_OF.get(_form, ()), f"{_county}/{_name}")


_NOT_DOUBLE = {"NORDRE", "SØNDRE", "VESTRE", "ØSTRE", "ØVRE", "INDRE", "ØYSTRE", "MIDTRE"}


def split_languages(name: str) -> tuple[str, ...]:
    """The Sámi, Kven and Norwegian names in a municipality's official name: GUOVDAGEAIDNU KAUTOKEINO. () where it has one."""
    words = name.partition(" (")[0].split(" ")
    return () if len(words) < 2 or words[0] in _NOT_DOUBLE or {"OG", "I"} & {*words} else tuple(words)


def _read_towns() -> dict[str, tuple[str, ...]]:
    towns: dict[str, tuple[str, ...]] = {}
    for line in _TOWNS.replace("\n    ", " ").strip().splitlines():
        municipality, _, names = line.partition(":")
        for name in names.split():
            towns[name] = (*towns.get(name, ()), *_find_paths(municipality))
    return towns


def _read_regions() -> dict[str, tuple[str, ...]]:
    regions: dict[str, tuple[str, ...]] = {}
    for line in _REGIONS.strip().splitlines():
        names, _, parts = line.partition(":")
        paths = tuple(path for part in parts.split(", ") for path in _find_paths(part.strip()))
        regions |= dict.fromkeys((name.strip() for name in names.split(",")), paths)
    return regions


def _find_paths(name: str) -> tuple[str, ...]:
    return (name,) if name in catalogue.COUNTIES else COUNTIES_OF[name]


TOWNS = {normalise_spelling(name): paths for name, paths in _read_towns().items()}
"""A town, village or city district -> the municipalities that have one of that name."""

REGIONS = _read_regions()
"""A region as it is typed -> its counties or municipalities."""

# Folded names that are other words, so they are not corrected: "bo" is to live, "as" a company, "ha" to have, "fiska" caught
# fish; the village Jaren is not in Jæren, and Lardal is not Lærdal. Those in `ALONE` mean the municipality as the only word of
# a query, after "i" and before "kommune".
_OTHER_WORDS = frozenset("a al as bo ha fiska jaren lardal".split())
ALONE = {"al": "ål", "as": "ås", "bo": "bø", "ha": "hå"}


def _list_names() -> Iterator[str]:
    for name in COUNTIES_OF:
        yield from (name, *split_languages(name))
    yield from (*catalogue.COUNTIES, *_read_towns(), *REGIONS, *(centre.name for centre in geography.load_centres().values()))


def _read_spellings() -> tuple[dict[str, str], dict[tuple[str, ...], tuple[str, ...]]]:
    """(spellings of names of one word, spellings of names of several words), each a typed form -> the correct one."""
    split_names = sorted({tuple(_split_name(name)) for name in _list_names()})
    names = {tuple(map(normalise_spelling, name)) for name in split_names}
    words: dict[str, str] = {}
    for (name,) in (name for name in split_names if len(name) == 1):
        forms = {normalise_spelling(form) for form in list_keyboard_forms(name)} - _OTHER_WORDS
        words |= {form: normalise_spelling(name) for form in forms if (form,) not in names}
    several: dict[tuple[str, ...], tuple[str, ...]] = {}
    for long_name in (name for name in split_names if len(name) > 1):
        forms_by_word = [{normalise_spelling(form) for form in list_keyboard_forms(word)} for word in long_name]
        for typed in itertools.product(*forms_by_word):
            correct = tuple(map(normalise_spelling, long_name))
            several.setdefault(tuple(words.get(word, word) for word in typed), correct)
    return words, {typed: name for typed, name in several.items() if typed != name}


def _split_name(name: str) -> list[str]:
    return "".join(" " if character in "-()" else character for character in name.lower()).split()


SPELLINGS, _SPELLINGS_OF_SEVERAL = _read_spellings()
"""A name of one word as typed on a foreign keyboard -> the correct spelling: "baerum", "barum" -> "bærum"."""
_FIRST_WORDS = frozenset(typed[0] for typed in _SPELLINGS_OF_SEVERAL)
_MOST_WORDS = max(map(len, _SPELLINGS_OF_SEVERAL))


def correct_names(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(index, correct word) of each misspelled word in names of several words: "more", "og", "romsdal" -> (0, "møre")."""
    start = 0
    while start < len(words):
        if words[start] in _FIRST_WORDS:
            for end in range(min(len(words), start + _MOST_WORDS), start + 1, -1):
                if name := _SPELLINGS_OF_SEVERAL.get(tuple(words[start:end])):
                    yield from ((start + index, word) for index, word in enumerate(name) if word != words[start + index])
                    start = end - 1
                    break
        start += 1
