"""Language detection: on the demo's ads, whose language is known, and on short, mixed and foreign texts."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from jobsearch.demo.feed_server.ads import compose
from jobsearch.demo.feed_server.ads.plan import plan_ad
from jobsearch.vacancies import html, language
from tests import combinations

DAY = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
_EXPECTED = {"mixed": "nb"}  # Norwegian with a paragraph in English


@pytest.fixture(scope="module")
def composed(request) -> list[tuple[str, str, str]]:
    """Language, title and text of ads that were not used to tune the guesser: 500, with `--every-combination` 1,500."""
    found = []
    for number in range(50_000, 51_500, 1 if request.config.getoption(combinations.OPTION) else 3):
        ad = compose(number, published=DAY, expires=DAY, updated=DAY, seed=29)
        found.append((plan_ad(number, 29).language, ad["title"], html.extract_text(html.sanitise_html(ad["description"]))))
    return found


def test_the_language_of_every_demo_ad_is_guessed_right(composed):
    confused = Counter((known, language.guess_language(text)) for known, _, text in composed)
    wrong = {pair: number for pair, number in confused.items() if _EXPECTED.get(pair[0], pair[0]) != pair[1]}
    assert wrong == {}
    assert {known for known, _ in confused} >= {"nb", "nn", "en", "mixed"}


def test_the_language_of_titles_of_demo_ads(composed):
    # Those in other languages have Norwegian titles.
    titled = [
        (known if known in {"nn", "en"} else "nb", language.guess_title_language(title, language.guess_language(text)))
        for known, title, text in composed
    ]
    wrong = [pair for pair in titled if pair not in {("nb", "nb"), ("nb", "no"), ("nn", "nn"), ("en", "en")}]
    assert len(wrong) < len(titled) / 200, Counter(wrong)  # "Key Account Manager" over a Norwegian text is no mistake


TEXTS = {
    "nb": [
        "Vi søker kokk til travelt kjøkken i Bergen. Søk i dag!",
        "Stillingen er ledig fra 1. august. Arbeidssted er Førde. Kvalifikasjoner: godkjent fagbrev, gode norskkunnskaper.",
        "Sykehuset søker overlege. Turnus, nattarbeid og helg. Politiattest kreves.",
        "Renholder søkes. Arbeidstid 08-16. Førerkort kreves. Ta kontakt om du vil vite mer.",
        "Hei! Vi trenger en flink og blid barista til kaffebaren vår på Løkka. Send CV på mail.",
        "Vil du være med på å bygge fremtidens Customer Success-team? Vi ser etter en Key Account Manager. Gode "
        "engelskkunnskaper er et krav. We are an equal opportunity employer.",
        "Vi tilbyr et godt arbeidsmiljø, pensjonsordning og lønn etter tariff. Du bør være glad i å jobbe med mennesker.",
    ],
    "nn": [
        "Me søkjer kokk til kjøkkenet vårt. Søk i dag!",
        "Vi søkjer etter ein dyktig lærar til skulen. Du må ha godkjend utdanning.",
        "Kommunen har ledig fast stilling som sjukepleiar i 80 %. Arbeidet er i turnus. Løn etter avtale.",
        "Stillinga er ledig frå 1. august. Arbeidsstad er Førde. Kvalifikasjonar: godkjent fagbrev, gode norskkunnskapar.",
        "Vi tilbyr eit godt arbeidsmiljø, pensjonsordning og løn etter tariff. Du bør vere glad i å jobbe med menneske.",
    ],
    "en": [
        "Warehouse operator wanted. Night shifts, good pay. Apply now to work with us.",
        "Senior backend developer. You write Go and Python. Stockholm or Oslo, hybrid.",
        "PhD position in marine biology at the Institute. Three years, full time.",
        "English summary: we are looking for new colleagues. Vi søker nye kollegaer.",
    ],
    "da": [
        "Vi søger en kok til vores restaurant i København. Du skal have erfaring og kunne arbejde selvstændigt.",
        "Vil du være en del af vores team? Så søg stillingen som tandlæge i Aalborg. Du får gode kolleger og mulighed for mere.",
    ],
    "sv": [
        "Vi söker en kock till vår restaurang i Göteborg. Du ska ha erfarenhet och kunna arbeta självständigt.",
        "Är du sjuksköterska och vill arbeta i Norge? Vi erbjuder resor och boende. Ansök redan idag!",
    ],
    "pl": [
        "Firma poszukuje pracownikow do pracy w Norwegii. Oferujemy stala prace i zakwaterowanie. Wymagania: doswiadczenie.",
        "Szukamy murarzy i cieśli do pracy w Oslo. Wynagrodzenie zgodne z umową zbiorową. Prosimy o przesłanie CV.",
    ],
    "lt": [
        "Ieskome darbuotoju statybose Norvegijoje. Siulome nuolatini darba ir pagalba ieskant busto. Reikalinga darbo patirtis.",
        "Įmonė ieško darbuotojų. Siūlome nuolatinį darbą ir atlyginimą pagal sutartį.",
    ],
    "se": [
        "Mii ohcat mánáidgárdeoahpaheaddji. Don galggat máhttit sámegiela. Bargu álgá borgemánus.",
        "Kárášjoga gielda ohcá buohccidivššára. Bargosadji lea 100 % ja bissovaš. Mii fállat buori bargobirrasa.",
    ],
    "": ["", "Kokk", "Lege 50 %", "Oslo Bergen Trondheim Kiwi Rema 1000", "10.000 — 20 % 🎉", "Ми шукаємо кухаря в Осло."],
}


@pytest.mark.parametrize(("known", "text"), [(known, text) for known, texts in TEXTS.items() for text in texts])
def test_the_language_of_short_mixed_and_foreign_texts(known, text):
    assert language.guess_language(text) == known


@pytest.mark.parametrize(
    ("title", "text", "guessed"),
    [
        ("Senior Software Engineer", "nb", "en"),
        ("Senior Software Engineer", "nn", "en"),
        ("Senior Software Engineer", "", "en"),
        ("Data engineer", "nb", "en"),
        ("Key Account Manager, Oslo", "nb", "en"),
        ("Sykepleier", "nb", "nb"),
        ("Sjukepleiar", "nn", "nn"),
        ("Sykepleier", "", "no"),
        ("Sykepleier", "en", "no"),
        ("Renholder søkes til hotell", "en", "no"),
        ("Site Manager i Ålesund", "en", "en"),
        ("TIG welder, Skjervøy", "en", "en"),
        ("Baker - Laksevåg", "en", "en"),
        ("Looking for a PhD Candidate?", "en", "en"),
        ("Avdelingsleder drift og support", "nb", "nb"),
        ("Bartender i Oslo", "nb", "nb"),
        ("Support 1. linje", "nb", "nb"),
        ("Renholder søkes", "pl", "no"),
        ("Rørlegger", "lt", "no"),
        ("Sprzątanie biur", "pl", "pl"),
        ("Mánáidgárdeoahpaheaddji", "se", "se"),
        ("Rengøringsassistent søges", "da", "da"),
        ("", "nb", "nb"),
        ("", "", ""),
    ],
)
def test_the_language_of_titles_that_differ_from_their_text(title, text, guessed):
    assert language.guess_title_language(title, text) == guessed


def test_only_the_beginning_of_a_long_text_is_read():
    assert language.guess_language("Vi søker en kokk til oss. " * 200_000) == "nb"
