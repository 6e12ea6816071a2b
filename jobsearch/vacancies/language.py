"""The language an ad is written in, guessed by its small words: for `lang` attributes, hyphenation and a filter.

A text and its title may differ: "Senior Software Engineer" stands over many a Norwegian text.
"""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
# The commonest words of running text, and the commonest of ads. A word that one language alone has tells more than one that
# neighbours share; bokmål and nynorsk share most, and Danish with them, so each also has what sets it apart.
_MARKS = {
    "nb": """ikke jeg vi du og er som med på av til en et ei fra hva hvor noe noen bare mer hos deg dere være blir vil har i for
        den de det vår vårt våre din ditt må å kan om ved etter eller også hvis søkes søker søk ønsker ønskes kreves trenger lønn
        stillingen arbeidssted kvalifikasjoner oppgaver mennesker tilbyr bør blant dersom gjennom egenskaper gjerne jobb""",
    "nn": """ikkje eg me vi du og er som med på av til ein eit ei frå kva kvar noko nokon berre meir hjå deg vere vert vil har i
        for den dei det vår vårt våre din ditt må å kan om ved etter eller også dersom søkjer søkjast søkje ønskjer ynskjer
        trengst krevst løn stillinga arbeidsstad kvalifikasjonar oppgåver menneske tilbyr bør gjennom eigenskapar gjerne jobb
        skulen tenester tenesta sjølv kjem gjer dykk dykkar deira korleis mykje fleire godkjend verksemda""",
    "en": """the and of to in for with you we are is our will be have your on as an or who work job from this that at by it not
        can must if wanted apply join us who looking seeking""",
    "pl": """i w z na do się jest oraz dla od pracy praca prace pracę nie być lub oferujemy firma poszukuje poszukujemy szukamy
        pracowników pracownikow wymagania doświadczenie doswiadczenie zawodzie umową umowa zgodnie prosimy przesłanie przeslanie
        zakwaterowanie wynagrodzenie norwegii""",
    "lt": """ir į su už iš mes darbo darbas darbą darba yra jūsų jusu arba kad mūsų musu ieško iesko ieškome ieskome siūlome
        siulome darbuotojų darbuotoju pagal patirtis reikalinga atlyginimą atlyginima norvegijoje""",
    "se": """ja lea leat ii mii dat dan don go maid bargu bargat bargi virgi mat dahje galgá galggat ohcá ohcat fállat máhttit
        máhttá háliidat buori buorit gielda bargosadji sámegiela""",
    "da": """ikke jeg vi du og er som med på af til en et fra hvad hvor noget nogen kun mere hos dig være bliver vil har i for
        den de det vores din dit må kan om ved efter eller også søger søges søg ansøgning løn mulighed arbejde stillingen
        uddannelse medarbejder medarbejdere tilbyder blandt gennem hvis jer""",
    "sv": """inte jag vi du och är som med på av till en ett från vad var något någon bara mer hos dig vara blir vill har i för
        den de det vår vårt våra din ditt måste kan om vid efter eller också att söker sökes ansök lön arbeta erbjuder tjänsten
        erfarenhet samt jobb""",
}
# Ends of longer words, where a language has its own.
_ENDS = {
    "nb": re.compile(r"\w{3,}(?:lig|lige|heten|sjoner|sjonene|skaper|inger|mulighet|muligheter)"),
    "nn": re.compile(r"\w{3,}(?:leg|lege|heita|sjonar|sjonane|skapar|ingar|moglegheiter|arar|arane|pleiar|arbeidar)"),
    "en": re.compile(r"\w{3,}(?:tion|tions|ment|ness|ship|ities|ity|ally)"),
    "da": re.compile(r"\w{3,}(?:hed|heder|skaber)"),
}
_LETTERS = {"pl": "ąęłńśźżć", "lt": "ėįųūąęž", "se": "čđŋŧ", "sv": "äö"}
_NEIGHBOURS = ("nb", "nn", "da", "sv")
"""They share most of their small words: that a text is in one of them is told by all, in which by what is not shared."""

_ENOUGH = 4
"""Points; fewer say nothing. A word has two, one that is spelled alike in languages that are no neighbours a single one."""

_READ = 3000  # characters: more would not change the answer


def _family(language: str) -> str:
    return _NEIGHBOURS[0] if language in _NEIGHBOURS else language


def _owners() -> dict[str, tuple[str, ...]]:
    """Word -> the languages that it is a mark of."""
    owners: dict[str, list[str]] = {}
    for language, words in _MARKS.items():
        for word in dict.fromkeys(words.split()):
            owners.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in owners.items()}


_OWNERS = _owners()
_FAMILIES = {word: tuple({_family(language) for language in languages}) for word, languages in _OWNERS.items()}

# What titles are made of: a word or two decide there. Names of posts that both languages write alike are in neither.
_ENGLISH_TITLE = frozenset(
    """the and of with are is you your our wanted looking developer developers engineer engineers engineering manager managers
    officer officers architect analyst scientist researcher researchers postdoctoral doctoral fellow fellowship lecturer assistant
    head chief executive director technician driver drivers worker workers warehouse cleaner cleaners nurse nurses waiter
    waitress chef cook cooks teacher teachers welder software hardware frontend fullstack cloud security product project sales
    account customer success business development people human resources finance accountant accounting legal quality safety
    supply chain lead full time part position positions vacancy research science university school department mechanical
    electrical structural civil maintenance instructor candidate""".split()
)
_NORWEGIAN_TITLE = frozenset(
    """og til i på ved med som av ein eit du søkes søker søkjer søkjast ønskes ledig fast vikariat stilling stillinger stillingar
    deltid heltid natt helg sommer sommar vikar snarest avdeling kommune skole skule barnehage sykehus sjukehus""".split()
)
_NORWEGIAN_END = re.compile(
    r".*(?:leder|leiar|pleier|pleiar|lærer|lærar|arbeider|arbeidar|giver|gjevar|sjef|ansvarlig|ansvarleg|konsulent|ingeniør"
    r"|utvikler|utviklar|mekaniker|mekanikar|tekniker|teknikar|fører|førar|sjåfør|behandler|handsamar|direktør|forsker|forskar"
    r"|stipendiat|terapeut|selger|seljar|holder|haldar|snekker|maler|assistent|linje)"
)


def guess_language(text: str) -> str:
    """A BCP 47 code (`nb`, `nn`, `en`, `pl`, `lt`, `se`, `da`, `sv`), or "" where the text is too short to tell."""
    text = text[:_READ].lower()
    families, points = Counter[str](), Counter[str]()
    for word in _WORD.findall(text):
        if word in _OWNERS:
            points.update(_OWNERS[word])
            alike = _FAMILIES[word]
            for family in alike:
                families[family] += 3 - min(2, len(alike))
        elif len(word) > 5:
            ended = [language for language, ends in _ENDS.items() if ends.fullmatch(word)]
            points.update(ended)
            families.update({_family(language) for language in ended})
    for language, letters in _LETTERS.items():
        found = sum(text.count(letter) for letter in letters)
        points[language] += found
        families[_family(language)] += found
    # The first of equals: bokmål before its neighbours.
    best = max(_MARKS, key=lambda language: (families[_family(language)], points[language]))
    return best if families[_family(best)] >= _ENOUGH else ""


def guess_title_language(title: str, text_language: str) -> str:
    """The title's language: English or Norwegian (`no`) where its words say so, else that of the text. "" where neither tells."""
    words = _WORD.findall(title.lower())
    english = sum(word in _ENGLISH_TITLE for word in words)
    norwegian = sum(word in _NORWEGIAN_TITLE or bool(_NORWEGIAN_END.fullmatch(word)) for word in words)
    # In an English title, the Norwegian letters are those of a place or a name.
    spelled = sum(any(letter in word for letter in "æøå") for word in words)
    if english > norwegian + spelled and text_language not in {"da", "sv"}:
        return "en"
    if norwegian > english or (spelled and not english and text_language != "en"):
        return text_language if text_language in _NEIGHBOURS else "no"
    return text_language
