"""Expressions that state a wish, and the search for them: which words of a query say "uten erfaring", and of what kind.

A module of its own, imported by the first query that may hold a wish: to compile these expressions takes 0.13 s, a seventh of the
start of every process of the site.
"""

from __future__ import annotations

import re

from jobsearch.search.analysis.requirement_kinds import CONDITIONS, REQUIREMENTS


def _choose(*lines: str) -> str:
    return f"(?:{'|'.join(lines)})"


# In a query "degree" and "sertifikat" mean the wider kind: without any degree one has no master's degree either.
_QUERY_NAMES = REQUIREMENTS | {
    "education": rf"{REQUIREMENTS['education']}|degrees?|(?:university |college )degrees?|diplomas?|schooling|skole|skule|"
    rf"papirer|formell kompetanse",
    "degree": r"(?:bachelor|master)(?:s|grad|utdanning|nivå)?(?:en|a|er)?(?: degrees?)?|høyere utdan(?:ning|nelse)|"
    r"høgare utdan(?:ning|nelse)|"
    r"higher education|(?:universitets|høyskole|høgskole|høgskule)(?:grad|utdanning|utdannelse)|universitet|høyskole|"
    r"høgskole|høgskule",
    "experience": rf"{REQUIREMENTS['experience']}|(?:jobb |bransje)?praksis",
    "licence": rf"{REQUIREMENTS['licence']}|lappen|lapp",
    "car": r"(?:egen |eigen |own |a )?(?:bil|car)",
    "age": rf"{REQUIREMENTS['age']}|aldersgrenser|alder",
    "truck": rf"{REQUIREMENTS['truck']}|truck",
    "cv": rf"{REQUIREMENTS['cv']}|søknad",
    "certificate": rf"{REQUIREMENTS['certificate']}|kursbeviser|bevis",
}
_QUERY_CONDITIONS = CONDITIONS | {"travel": rf"{CONDITIONS['travel']}|reiser?|å reise"}
_ADJECTIVES_KNOWN = """
    formell formelle relevant relevante tidligere tidlegare noen noe noko nokon spesiell spesielle fullført lang mye mykje særlig
    flytende god gode godt norsk norske any formal previous prior much a an good fluent gyldig valid egen eigen bransje my the
    er special
""".split()
_ADJECTIVE = _choose(*_ADJECTIVES_KNOWN, r"[^\W\d_]{3,15}(?:isk|lig|leg|ell)e?")
_DEMAND_TO = r"(?:(?:formelle |noen |noe |spesielle )?(?:krav|behov|requirements?|need) (?:til|om|på|for|of) )?"
_FORM_OF = "(?:(?:noen |any |noko )?(?:form for|slags|type|kind of|sort of) )?"
_TO_HAVE = (
    r"(?:å )?(?:(?:ha|kunne|kan|snakke|beherske|forstå|kreve|måtte|having|to have|have|speaking|speak|to speak|knowing|know|"
    r"knowledge of|"
    r"requiring|needing|need|skills in|sende|levere|skrive|sending|send|writing) ){0,3}"
)


def _name_kinds(kinds: dict[str, str]) -> str:
    return _choose(*(rf"(?:{pattern})(?!\w)" for pattern in kinds.values()))


_LINK = r"(?: ?, ?| og | eller | and | or | nor | samt | og/eller | & )(?:(?:uten|utan|without|ingen|no) )?"
_ADJECTIVES = rf"(?:{_ADJECTIVE} ){{0,4}}"


def _list_of(kinds: dict[str, str]) -> str:
    one = rf"{_DEMAND_TO}{_TO_HAVE}{_FORM_OF}{_ADJECTIVES}{_name_kinds(kinds)}"
    return rf"(?P<names>{one}(?:{_LINK}{one}){{0,4}})"


_REQUIRED = _choose(
    *"krav kreves krevs krevst krevd nødvendig nødvendige naudsynt påkrevd påkravd påkrevet require required".split(),
    *"needed necessary requirement requirements must mandatory important trengs trengst behøves viktig".split(),
    "et must",
)
_NOT = _choose("ikke", "ikkje", "not", "ingen", "inga", "no", "aldri")
# Words that only lead to the wish: "for deg uten erfaring", "som ikke krever", "hvor det ikke er krav om".
_LEAD_WORDS = """
    som der hvor kor where that which who with med for til men but og and jeg eg i du man det dei de deg folk people personer er
    is are there har have having kan even selv også or someone somebody en ein a those dem oss meg me når when hvis viss if å
""".split()
_LEAD = rf"(?:{_choose(*_LEAD_WORDS)} ){{0,6}}?"
_NEGATED_VERB = _choose(
    r"(?:trenger|treng|krever|krev|krevjer|kreves|krevst|krevjast|behøver|må|stiller|stilles|har|kan|snakker|snakkar|forstår) "
    "(?:ikke|ikkje|ingen|inga)",
    r"(?:require|requires|requiring|need|needs|speak|know|have|has) (?:no|not|zero)",
    r"(?:do|does|did|is|can|could)(?:n['’]?t| not)(?: (?:require|need|speak|have|know|ask for|demand|understand))?",
    r"(?:cannot|can['’]?t|not)(?: (?:speak|requiring|needing))?|mangler|manglar|lacking|lack",
    r"(?:ikke|ikkje) (?:å ha|å kunne|må|krever|krev|krevjer|trenger|treng|kreves|krevst|har|kan|snakker|snakkar|behøver)",
)
_TANGIBLE = {kind: _QUERY_NAMES[kind] for kind in ("experience", "licence", "trade", "police", "car", "truck")}
_LEARNED = {kind: _QUERY_NAMES[kind] for kind in ("experience", "norwegian", "english", "education")}
_PATTERNS = tuple(
    re.compile(rf"(?:(?<= )|^){_LEAD}{pattern}(?: men| but)?(?!\S)")
    for pattern in (
        rf"(?:lite|lita|liten|little|minimal|limited|dårlig|dårleg|begrenset|poor|basic) {_list_of(_LEARNED)}",
        # "ingen krav til norsk", "uten å kunne norsk", "no degree required"
        rf"(?:uten|utan|without|w o|ingen|inga|no|zero|null|uavhengig av|regardless of) (?:at det )?{_list_of(_QUERY_NAMES)}"
        rf"(?: (?:er |is |are )?{_REQUIRED})*",
        rf"(?:uten|utan|without|ingen|inga|no) (?:noen |noe |any |å (?:jobbe|arbeide|måtte jobbe|ha|gå|selge på|"
        rf"selge) )?(?:på |i |om )?"
        rf"{_list_of(_QUERY_CONDITIONS)}(?: {_REQUIRED})*",
        # "ikke krav til erfaring", "ikke førerkort nødvendig"
        rf"{_NOT} (?:noen |noe |et |any )?(?:krav|behov|requirements?|need) (?:til|om|på|for|of) {_list_of(_QUERY_NAMES)}",
        rf"{_NOT} (?:nødvendig|naudsynt|necessary|required) (?:med|å ha|to have) {_list_of(_QUERY_NAMES)}",
        rf"{_NOT} {_list_of(_QUERY_NAMES)} {_REQUIRED}",
        # "krever ikke utdanning", "snakker ikke norsk", "does not require a degree"
        rf"{_NEGATED_VERB} ?{_list_of(_QUERY_NAMES)}(?: {_REQUIRED})*",
        # "erfaring er ikke nødvendig", "førerkort kreves ikke", "experience not needed"
        rf"{_list_of(_QUERY_NAMES)} (?:er |is |are )?{_NOT} (?:er |is |are )?(?:et |eit |noe |noko |a |strictly )*{_REQUIRED}",
        rf"{_list_of(_QUERY_NAMES)} (?:er |is )?(?:unødvendige?|unaudsynt|unnecessary)",
        rf"{_list_of(_QUERY_NAMES)} (?:kreves|krevst|krevjast|trengs|trengst|behøves) (?:ikke|ikkje)",
        # "ikke erfaring"; but "lærer ikke norsk" is no teacher of Norwegian
        rf"(?:ikke|ikkje|not) {_list_of(_TANGIBLE)}",
        r"(?:non|ikke|ikkje)[ -](?P<names>norwegian|norsk)(?:[ -](?:speakers?|speaking|språklige?|talende))",
    )
)
# Words and expressions that say it without naming the kind.
_WHOLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"ufaglærte?|ufaglært arbeid|uutdannede?|uutdannet|unskilled|unqualified", ("education",)),
    (r"uerfar(?:en|ne)|inexperienced|entry[ -]level|nybegynnere?|nybyrjar(?:ar)?|opplæring (?:gis|blir gitt|vert gitt|gitt)|"
     r"(?:med|with) (?:full )?(?:opplæring|training)|training provided", ("experience",)),
    (r"(?:uten|utan|ingen|inga|without|no) (?:noen |formelle |spesielle |special |any )?(?:krav|kvalifikasjonskrav|"
        r"requirements?|kvalifikasjoner|"
     r"qualifications|forkunnskaper|forkunnskapar)(?: (?:required|needed|kreves))?(?! (?:til|om|på|for) .)",
     ("experience", "education")),
    (r"(?:ungdom(?:mer|ar)? |youths? |teenagers? )?(?:under 18(?: år| years old)?|1[3-7] (?:år|åring(?:er|ar)?|"
        r"years? olds?)(?: gammel)?)", ("age",)),
)  # fmt: skip
_WHOLE_PATTERNS = tuple((re.compile(rf"(?:(?<= )|^){_LEAD}(?:{pattern})(?!\S)"), kinds) for pattern, kinds in _WHOLE)
# What a visitor wants instead, beside the wish: "fastlønn uten provisjon".
_INSTEAD = {
    "commission": re.compile(r"fastlønn|fastløn|fast lønn|fast løn|fixed (?:salary|pay)"),
    "night": re.compile(r"(?:kun |bare |på )?dagtid|dagjobb|daytime|day job"),
    "weekend": re.compile(r"dagjobb|day job|mandag til fredag"),
    "evening": re.compile(r"(?:kun |bare |på )?dagtid|dagjobb|daytime|day job"),
}
_NAMES = {kind: re.compile(rf"(?:{pattern})(?!\w)") for kind, pattern in {**_QUERY_NAMES, **_QUERY_CONDITIONS}.items()}
_ORDER = ("degree", "trade", "authorisation", "truck", "licence", *_NAMES)
_DEGREE_AS_EDUCATION = re.compile(r"(?:university |college )?degrees?|diplomas?")


def find_spans(text: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """(start, end, kinds) of each wish, in order; they do not overlap."""
    found: list[tuple[int, int, tuple[str, ...]]] = []
    candidates = [(match.start(), match.end(), kinds) for pattern, kinds in _WHOLE_PATTERNS for match in pattern.finditer(text)]
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            candidates.append((match.start(), match.end(), _list_kinds(match["names"])))
    end = 0
    for start, stop, kinds in sorted(candidates, key=lambda one: (one[0], -one[1])):
        if start >= end:
            begin, stop = _include_instead(text, start, stop, kinds)
            found.append((max(begin, end), stop, kinds))
            end = stop
    return found


def _include_instead(text: str, start: int, end: int, kinds: tuple[str, ...]) -> tuple[int, int]:
    """The span with what the visitor wants instead, where that is beside it."""
    for kind in kinds:
        if expression := _INSTEAD.get(kind):
            for match in expression.finditer(text):
                if match.end() == start - 1:
                    return match.start(), end
                if match.start() == end + 1:
                    return start, match.end()
    return start, end


def _list_kinds(names: str) -> tuple[str, ...]:
    """The kinds that a list names, in order: "erfaring og utdanning"."""
    kinds: dict[str, None] = {}
    position = 0
    while position < len(names):
        if position == 0 or names[position - 1] == " ":
            longest, best = 0, ""
            for kind in _ORDER:
                match = _NAMES[kind].match(names, position)
                if match and match.end() - position > longest:
                    longest, best = match.end() - position, kind
            if longest:
                name = names[position : position + longest]
                kinds["education" if best == "degree" and _DEGREE_AS_EDUCATION.fullmatch(name) else best] = None
                position += longest
                continue
        position += 1
    return tuple(kinds)
