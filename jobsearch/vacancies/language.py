"""Language detection by function words: guesses the language of an ad for `lang` attributes, hyphenation and a filter.

Title and text are guessed separately: many Norwegian texts have an English title such as "Senior Software Engineer".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+")
# The most common words of running text and of ads. A word of a single language counts more than one that related languages
# share. Bokmål, nynorsk and Danish share most of theirs, so each list also has words that only that language has.
_COMMON_WORDS = {
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
# Word endings that are typical of one language.
_ENDINGS = {
    "nb": "lig lige heten sjoner sjonene skaper inger mulighet muligheter".split(),
    "nn": "leg lege heita sjonar sjonane skapar ingar moglegheiter arar arane pleiar arbeidar".split(),
    "en": "tion tions ment ness ship ities ity ally".split(),
    "da": "hed heder skaber".split(),
}
_ALL_ENDINGS = tuple({end for ends in _ENDINGS.values() for end in ends})
_BEFORE_ENDING = 3  # letters, at least
_LETTERS = {"pl": "ąęłńśźżć", "lt": "ėįųūąęž", "se": "čđŋŧ", "sv": "äö"}
_RELATED = ("nb", "nn", "da", "sv")
"""Related languages that share most of their function words. Points for the group decide whether a text is in one of them;
the words that are not shared decide in which."""

_MIN_POINTS = 4
"""Points that are needed for a guess. A word gives two; a word that unrelated languages spell alike gives one."""

_READ = 3000  # characters; more would not change the result


def _get_family(language: str) -> str:
    return _RELATED[0] if language in _RELATED else language


def _index_words() -> dict[str, tuple[str, ...]]:
    """Word -> the languages in whose list it is."""
    owners: dict[str, list[str]] = {}
    for language, words in _COMMON_WORDS.items():
        for word in dict.fromkeys(words.split()):
            owners.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in owners.items()}


_LANGUAGES_BY_WORD = _index_words()
_FAMILIES_BY_WORD = {
    word: tuple({_get_family(language) for language in languages}) for word, languages in _LANGUAGES_BY_WORD.items()
}

# Words of titles, where one or two words must decide. Job titles that both languages spell alike are in neither list.
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
    """The BCP 47 code of a text's language (`nb`, `nn`, `en`, `pl`, `lt`, `se`, `da`, `sv`), or "" if the text is too short."""
    text = text[:_READ].lower()
    families, points = Counter[str](), Counter[str]()
    for word, times in Counter(_WORD.findall(text)).items():
        if word in _LANGUAGES_BY_WORD:
            for language in _LANGUAGES_BY_WORD[word]:
                points[language] += times
            alike = _FAMILIES_BY_WORD[word]
            for family in alike:
                families[family] += times * (3 - min(2, len(alike)))
        elif word.endswith(_ALL_ENDINGS):
            ended = [language for language, ends in _ENDINGS.items() if _has_ending(word, ends)]
            for language in ended:
                points[language] += times
            for family in {_get_family(language) for language in ended}:
                families[family] += times
    for language, letters in _LETTERS.items():
        found = sum(text.count(letter) for letter in letters)
        points[language] += found
        families[_get_family(language)] += found
    # Of equals the first: bokmål before its related languages.
    best = max(_COMMON_WORDS, key=lambda language: (families[_get_family(language)], points[language]))
    return best if families[_get_family(best)] >= _MIN_POINTS else ""


def _has_ending(word: str, ends: Iterable[str]) -> bool:
    return any(word.endswith(end) and len(word) >= len(end) + _BEFORE_ENDING for end in ends)


def guess_title_language(title: str, text_language: str) -> str:
    """The language of a title: English or Norwegian (`no`) by its words, otherwise `text_language`, which may be ""."""
    words = _WORD.findall(title.lower())
    english = sum(word in _ENGLISH_TITLE for word in words)
    norwegian = sum(word in _NORWEGIAN_TITLE or bool(_NORWEGIAN_END.fullmatch(word)) for word in words)
    # Norwegian letters in an English title belong to the name of a place or a company.
    spelled = sum(any(letter in word for letter in "æøå") for word in words)
    if english > norwegian + spelled and text_language not in {"da", "sv"}:
        return "en"
    if norwegian > english or (spelled and not english and text_language != "en"):
        return text_language if text_language in _RELATED else "no"
    return text_language
