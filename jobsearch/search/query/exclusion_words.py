"""Words of negation in bokmål, nynorsk and English, for `exclusions`. A plain list, to be edited by hand."""

from __future__ import annotations


def _split(text: str) -> frozenset[str]:
    return frozenset(text.split())


def split_phrases(text: str) -> frozenset[tuple[str, ...]]:
    """Phrases separated by commas, each as its words."""
    return frozenset(tuple(phrase.split()) for phrase in " ".join(text.split()).split(", "))


NEGATIONS = split_phrases(
    """
    ikke, ikkje, ikkj, ikje, itj, itte, inte, icke, ikke noe, ikkje noko, ikke noen, ikkje nokon, heller ikke, heller ikkje,
    eller ikke, eller ikkje, ingen, inga, intet, aldri, verken, hverken, korkje, uten, utan, uden, uten noe, uten noen,
    unntatt, unnateke, unnatatt, unnateken, unntake, unntaken, untatt, untat, unntat, unntagen, undtagen, undtaget, unntatt fra,
    med unntak av, med unntak for, med untak av, med unnatak av, unntak, bortsett fra, bortsett frå, bortset fra,
    sett bort fra, utenom, utanom, foruten, forutan, utom, førutom, annet enn, anna enn, andre enn, anna en, i stedet for,
    i staden for, istedenfor, istedet for, unngå, unngår, slippe, sleppe, slipper, slepp, nei til, ekskludert, eksklusive,
    eksklusiv, ekskl, ekskluder, utelukk, utelat, minus,
    not, no, not any, nor, or not, neither, without, without any, except, except for, except from, excepting, excluding, excluded,
    exclude, excludes, excl, exc, but no, other than, apart from, aside from, outside of, anything but, everything but, all but,
    never, instead of, rather than, avoid, avoiding, dont, doesnt, isnt, arent, wont, cant, cannot, non,
    utenfor, utanfor, outside
    """
)
ENGLISH = frozenset(
    """
    not|no|not any|without|without any|except|except for|excluding|but no|other than|apart from|anything but|dont|avoid
    """.strip().split("|")
)
LONGEST_NEGATION = max(map(len, NEGATIONS))
OUTSIDE = _split("utenfor utanfor outside") | {"outside of"}
"""Negations only before a place: "jobb utenfor Oslo"."""

AFTERWARDS = split_phrases("nei takk, nei, no thanks, no thank you, unntatt, unnateke, excluded, excepted, ekskludert")
"""Negations after the word that they exclude, as the last words of a query."""

WORDS = frozenset(word for phrase in NEGATIONS | AFTERWARDS for word in phrase)
"""Every word of a negation: none of them is a typing error."""
FIRST_WORDS = frozenset(phrase[0] for phrase in NEGATIONS | AFTERWARDS)
MARKS = WORDS - {"or", "eller"}
"""Those that a page joins with the word after them, where it offers the search without a word."""

LINKS = _split(
    """
    i på som for fra frå til ved med av å hos innen innenfor
    en ei et eit ein noe noko noen nokon nokre det den de
    jobbe jobber jobb jobbar arbeide arbeider arbeid arbeida være er vere ha har hatt kjøre ta ønsker ønskjer vil kan skal få
    mye mykje masse mange mer meir så for altfor veldig alt much many lots lot too so
    innebærer innebere inneber inkluderer inkludere omfatter omfattar gjelder gjeld involverer
    in at as on to of from with a an the any some be is are being doing do work working want wanting have having
    include including includes involve involving involves
    """
)
"""Words between a negation and what it excludes: "ikke i Oslo", "ikke jobbe natt", "not working as a teacher"."""

LEADS = _split(
    """
    men og òg eller bare berre helst heller absolutt gjerne alt alle hva hvor helst som jeg eg vil ønsker ønskjer kan skal er det
    trenger steder stader overalt andre
    but and or only just preferably absolutely definitely anything everything anywhere all any that which who i do does did is are
    am would will can want
    """
)
"""Words before a negation that belong to it: "men ikke", "som ikke", "alt unntatt", "I do not want"."""

EVERY = _split("alle alt all every everything")
"""First words of a query that say nothing beside a negation: "alle jobber i Oslo unntatt salg"."""
WHOLE_COUNTRY = [
    [whole, country]
    for whole in ("hele", "heile", "all", "whole")
    for country in ("norge", "noreg", "norway", "landet", "country")
]
"""Words before a negation that exclude nothing themselves: "hele Norge unntatt Oslo"."""

CONTRASTS = _split("men but")
CONJUNCTIONS = _split("og òg and samt & + nor")

WORK_HEADS = _split(
    """
    shift shifts work job jobs duty duties hours time position positions role roles
    skift vakt vakter jobb jobber jobbar jobbing arbeid stilling stillinger stillingar turnus
    """
)
"""Words after an excluded word that only say that it is work: "no night shifts", "ikke vikar stilling"."""

ADJECTIVES = _split(
    """
    tung tungt tunge lang langt lange kort korte hard hardt harde tidlig tidleg tidlige tidlege sen sent sene sein seint seine
    fysisk fysiske ubekvem ubekvemme uregelmessig uregelmessige skiftende faste stressende stor stort store liten små høy høye
    heavy long short hard early late physical irregular unsocial frequent regular big small high
    """
)
"""Words that are excluded only together with the next one: "uten tunge løft"."""

_TRANSLATIONS = {
    "natt": "night nights overnight nighttime",
    "kveld": "evening evenings",
    "helg": "weekend weekends",
    "skift": "shift shifts",
    "turnus": "rota rotation",
    "sommer": "summer",
    "barnehage": "kindergarten kindergartens nursery daycare",
    "skole": "school schools",
    "sykehus": "hospital hospitals",
    "sykehjem": "nursinghome",
    "lastebil": "truck trucks lorry lorries",
    "buss": "bus buses",
    "leder": "manager managers management",
    "salg": "sales",
    "telefonsalg": "telesales telemarketing",
    "barn": "children kids",
    "eldre": "elderly",
    "renhold": "cleaning",
    "bygg": "construction",
    "lager": "warehouse warehouses",
    "butikk": "shop shops store stores retail",
    "fisk": "fish",
    "reise": "travel travelling",
    "kommune": "municipality",
}
NORWEGIAN_WORDS: dict[str, tuple[str, ...]] = {}
for _word, _names in _TRANSLATIONS.items():
    for _name in _names.split():
        NORWEGIAN_WORDS[_name] = (*NORWEGIAN_WORDS.get(_name, ()), _word)
"""English word -> the Norwegian ones. Most ads are in Norwegian: without these, "no night shifts" would exclude none of them."""

FIXED_PHRASES = split_phrases(
    """
    uten grenser, utan grenser, without borders, uten stans, ikke bare, ikkje berre, ikke kun, ikke minst, ikkje minst, not only,
    not just, not least, no limit, no limits, ikke identifiserbare, ikke oppgitt, ikkje oppgitt, not specified, not stated,
    ikke kommersiell, ikke kommersielle, non profit, non stop, ingen grenser, ingen problem, no problem
    """
)
"""Phrases that exclude nothing: names, and idioms."""

WISHES = _split("uten utan uden without no ikke ikkje ingen inga intet not") | {"uten noe", "uten noen", "without any"}
"""Negations that before the name of a requirement state a wish, "uten erfaring", which excludes no word."""
REQUIREMENT_LEADS = _split(
    """
    krav krever kreves krevst krev krevd til om på for noe noko noen nokon et eit ein en spesiell spesielle særskilt særlig
    formell formelle relevant relevante tidligere tidlegare høyere høgare fullført lang any a an the prior previous formal
    relevant special required requirement requirements to have require requires need needs needed of trenger treng
    """
)
REQUIREMENTS = _split(
    """
    krav erfaring erfaren praksis utdanning utdannelse utdannet utdanna norsk norskkunnskaper engelsk språk språkkunnskaper
    førerkort førarkort sertifikat lappen lapp bil fagbrev svennebrev grad bachelor master kompetanse kvalifikasjoner
    kvalifikasjonar fagkompetanse studiekompetanse vitnemål eksamen skolegang papirer papir cv autorisasjon attest
    politiattest referanser bakgrunn forkunnskaper forkunnskapar kunnskap kunnskaper kunnskapar nødvendig naudsynt påkrevd
    påkravd krevd nødvendigvis aktuelt aktuell mulig mogleg required requirement requirements needed necessary experience
    experienced education educated degree degrees qualification qualifications qualified license licence driving norwegian
    english language skills diploma certificate certificates certification training knowledge background references resume
    """
)
REQUIREMENT_ENDINGS = (
    "erfaring", "utdanning", "utdannelse", "kunnskap", "kunnskaper", "kunnskapar", "grad", "brev", "førerkort", "førarkort",
    "sertifikat", "bevis", "attest", "krav", "kompetanse", "autorisasjon", "experience", "degree",
)  # fmt: skip
