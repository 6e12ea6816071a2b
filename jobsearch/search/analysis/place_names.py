"""Names of places that people type and the feed's own list has not: post towns and parts of towns, regions, old counties.

Facts: where each lies. Municipalities and counties themselves are in the catalogue.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from jobsearch.taxonomy import catalogue, geography

from .folding import keyboard_forms, spell

# Municipality: towns, villages and parts of towns in it that are names of one word.
_TOWNS = """
OSLO: grünerløkka sagene nordstrand stovner grorud furuset romsås bjerke ullern majorstuen frogner tøyen holmlia lambertseter ryen
    helsfyr skøyen nydalen bryn alnabru storo kalbakken ensjø bjørvika lysaker groruddalen lindeberg ammerud haugerud
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
KRISTIANSAND: søgne songdalen vågsbygd
EVJE OG HORNNES: evje
EIGERSUND: egersund
SANDNES: forus ganddal
STAVANGER: hundvåg madla hillevåg rennesøy
SOLA: tananger risavika
TIME: bryne
HÅ: nærbø varhaug vigrestad
GJESDAL: ålgård
STRAND: jørpeland
SULDAL: sand
KARMØY: kopervik åkrehamn avaldsnes
TYSVÆR: aksdal frakkagjerd
BERGEN: fana åsane laksevåg fyllingsdalen nesttun arna ytrebygda årstad sandsli kokstad
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
TRONDHEIM: heimdal tiller lade ranheim lerkendal saupstad flatåsen
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

# A name: the counties, or municipalities, that it takes in.
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
"""  # noqa: E501 - one region a line reads better than a wrapped table

COUNTIES_OF: dict[str, tuple[str, ...]] = {}
"""Municipality, with what tells it apart and without -> the paths of those that are called so."""
for _county, _names in catalogue.COUNTIES.items():
    for _name in _names:
        for _form in {_name, _name.partition(" (")[0]}:
            COUNTIES_OF[_form] = (*COUNTIES_OF.get(_form, ()), f"{_county}/{_name}")


_NOT_DOUBLE = {"NORDRE", "SØNDRE", "VESTRE", "ØSTRE", "ØVRE", "INDRE", "ØYSTRE", "MIDTRE"}


def each_language(name: str) -> tuple[str, ...]:
    """The names that stand side by side for one place, Sámi, Kven and Norwegian: GUOVDAGEAIDNU KAUTOKEINO."""
    words = name.partition(" (")[0].split(" ")
    return () if len(words) < 2 or words[0] in _NOT_DOUBLE or {"OG", "I"} & {*words} else tuple(words)


def _read_towns() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _TOWNS.replace("\n    ", " ").strip().splitlines():
        municipality, _, names = line.partition(":")
        for name in names.split():
            found[name] = (*found.get(name, ()), *_paths(municipality))
    return found


def _read_regions() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _REGIONS.strip().splitlines():
        names, _, parts = line.partition(":")
        paths = tuple(path for part in parts.split(", ") for path in _paths(part.strip()))
        found |= dict.fromkeys((name.strip() for name in names.split(",")), paths)
    return found


def _paths(name: str) -> tuple[str, ...]:
    return (name,) if name in catalogue.COUNTIES else COUNTIES_OF[name]


TOWNS = {spell(name): paths for name, paths in _read_towns().items()}
"""A town, village or part of a town -> the municipalities that have one of that name."""

REGIONS = _read_regions()
"""A region as it is typed -> the counties or municipalities in it."""

# Names typed without æ, ø and å that are other words: "bo" is to live, "as" a company, "ha" to have, "fiska" caught fish; Jaren
# is a village that is not in Jæren, Lardal one that is not Lærdal. In `ALONE` are those that are the name of a municipality
# where nothing else is typed, after "i" and before "kommune".
_OTHER_WORDS = frozenset("a al as bo ha fiska jaren lardal".split())
ALONE = {"al": "ål", "as": "ås", "bo": "bø", "ha": "hå"}


def _all_names() -> Iterator[str]:
    for name in COUNTIES_OF:
        yield from (name, *each_language(name))
    yield from (*catalogue.COUNTIES, *_read_towns(), *REGIONS, *(centre.name for centre in geography.load_centres().values()))


def _read_spellings() -> tuple[dict[str, str], dict[tuple[str, ...], tuple[str, ...]]]:
    written = sorted({tuple(_split(name)) for name in _all_names()})
    names = {tuple(map(spell, name)) for name in written}
    words: dict[str, str] = {}
    for (name,) in (name for name in written if len(name) == 1):
        forms = {spell(form) for form in keyboard_forms(name)} - _OTHER_WORDS
        words |= {form: spell(name) for form in forms if (form,) not in names}
    several: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name_of_several in (name for name in written if len(name) > 1):
        forms_of = [{spell(form) for form in keyboard_forms(word)} for word in name_of_several]
        for typed in itertools.product(*forms_of):
            several.setdefault(tuple(words.get(word, word) for word in typed), tuple(map(spell, name_of_several)))
    return words, {typed: name for typed, name in several.items() if typed != name}


def _split(name: str) -> list[str]:
    return "".join(" " if mark in "-()" else mark for mark in name.lower()).split()


SPELLINGS, _SPELLINGS_OF_SEVERAL = _read_spellings()
"""A name of one word as it is typed on another keyboard -> its words: "baerum", "barum" -> "bærum"."""
_FIRST_WORDS = frozenset(typed[0] for typed in _SPELLINGS_OF_SEVERAL)
_MOST_WORDS = max(map(len, _SPELLINGS_OF_SEVERAL))


def spell_names(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(place, word) of what to write instead in names of several words: "more", "og", "romsdal" -> (0, "møre")."""
    start = 0
    while start < len(words):
        if words[start] in _FIRST_WORDS:
            for end in range(min(len(words), start + _MOST_WORDS), start + 1, -1):
                if name := _SPELLINGS_OF_SEVERAL.get(tuple(words[start:end])):
                    yield from ((start + place, word) for place, word in enumerate(name) if word != words[start + place])
                    start = end - 1
                    break
        start += 1
