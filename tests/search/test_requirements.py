"""Requirement detection: what an ad demands, what it says is not needed, and what it leaves open."""

from __future__ import annotations

import pytest

from jobsearch.search.analysis.negation import find_negated
from jobsearch.search.analysis.requirements import find_requirements


def find(text: str, title: str = "") -> set[str]:
    return find_requirements(title, text, find_negated(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Erfaring er ikke nødvendig, du får full opplæring.", "no-experience"),
        (
            "Ingen krav til utdanning eller tidligere erfaring. Norsk er ikke nødvendig.",
            "no-education no-experience no-norwegian",
        ),
        ("Du trenger ikke førerkort, og helsefaglig utdanning er ikke nødvendig.", "no-licence no-education"),
        ("Ingen erfaring? Det går helt fint.", "no-experience"),
        ("Det er ikkje krav om førarkort, og me stiller ingen krav til utdanning.", "no-licence no-education"),
        ("Det krevst ikkje røynsle. Du treng ikkje utdanning.", "no-experience no-education"),
        ("No experience required. You do not need to speak Norwegian.", "no-experience no-norwegian"),
        ("You don't need a degree or any previous experience.", "no-degree no-experience"),
        ("Erfaring er en fordel, men ikke et krav.", "no-experience"),
        ("Har du ikke fagbrev, kan du ta det hos oss.", "no-trade"),
        ("Har du ingen erfaring, lærer vi deg opp.", "no-experience"),
        ("Alle med eller uten erfaring kan søke.", "no-experience"),
        ("Ingen formelle krav. Ufaglærte kan søke.", "no-education no-experience"),
        ("Det kreves ikke politiattest. Ingen aldersgrense.", "no-police no-age"),
        ("Er du under 18 år, er du også velkommen.", "no-age"),
        ("Norwegian is not required, English is OK.", "no-norwegian"),
        ("Erfaring fra lager er ønskelig, men vi gir også opplæring.", "teaches-experience"),
        ("Mandag til fredag, ingen kvelder og ingen helg.", "no-evening no-weekend"),
        ("Du arbeider dagtid og har fri hver helg.", "no-night no-weekend"),
        ("Fagbrev er ønskelig, men ingen betingelse.", "no-trade"),
        ("Erfaring er en fordel, ikke et krav.", "no-experience"),
        ("Verken erfaring eller fagbrev kreves.", "no-experience no-trade"),
        ("Neither experience nor a degree is required.", "no-experience no-degree"),
        ("Mangler du førerkort, kan du sykle.", "no-licence"),
        ("Hos oss er det ingen provisjon, bare fast timelønn.", "no-commission"),
    ],
)
def test_what_is_not_needed_is_found(text, words):
    assert {*words.split()} <= find(text)
    assert not {word for word in find(text) if word.startswith("needs-")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Du må ha minst to års erfaring fra lager, gyldig truckførerbevis og gode norskkunnskaper.",
            "experience truck norwegian",
        ),
        ("Du må beherske norsk godt, ha førerkort klasse B og minst ett års erfaring.", "norwegian licence experience"),
        ("Mastergrad i informatikk og minst fem års erfaring er et krav.", "degree education experience"),
        ("Toskiftsordning. Fagbrev er et krav.", "trade education shift"),
        ("Minst to års erfaring med semitrailer kreves.", "experience"),
        ("Vi søker deg som har erfaring fra barnehage.", "experience"),
        ("Vi ser etter deg med fagbrev som elektriker.", "trade"),
        ("Førerkort klasse B.", "licence"),
        ("You must speak fluent Norwegian and English.", "norwegian english"),
        ("We require a bachelor's degree. Driving licence is required.", "degree licence"),
        ("Du må ha fylt 18 år. Politiattest må fremlegges.", "age police"),
        ("Kvalifikasjoner: fagbrev, førerkort og erfaring fra industri", "trade licence"),
        ("Arbeid hver fjerde helg.", "weekend"),
        ("Søkere uten norsk autorisasjon blir ikke vurdert.", "authorisation"),
        ("Fagbrev i laboratoriefaget eller bachelor i kjemi", "education"),
    ],
)
def test_what_is_demanded_is_found(text, words):
    assert {f"needs-{word}" for word in words.split()} <= find(text)


@pytest.mark.parametrize(
    ("text", "not_needed", "needed"),
    [
        ("Du trenger ikke erfaring, bare førerkort klasse CE.", "experience", "licence"),
        ("Førerkort klasse B, og erfaring er ikke nødvendig.", "experience", "licence"),
        ("Vi krever ingen utdanning, men du må ha erfaring.", "education", "experience"),
        ("Du trenger ikke å snakke norsk, men må kunne engelsk.", "norwegian", "english"),
        ("Vi stiller ikke krav til formell utdanning. Du må snakke godt norsk.", "education", "norwegian"),
    ],
)
def test_each_requirement_of_a_sentence_is_judged_by_itself(text, not_needed, needed):
    assert {f"no-{not_needed}", f"needs-{needed}"} <= find(text)
    assert f"needs-{not_needed}" not in find(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Erfaring fra hjemmetjeneste er ønskelig.", "experience"),
        ("Fagbrev eller relevant erfaring.", "trade experience"),
        ("Du må ha bachelor eller tilsvarende erfaring.", "degree experience"),
        ("Førerkort kl. B er en fordel.", "licence"),
        ("Vi har lang erfaring med opplæring av nye medarbeidere.", "experience"),
        ("Du får verdifull erfaring og mulighet til å ta fagbrev.", "experience trade"),
        ("Vi er et norsk selskap og selger norsk fisk.", "norwegian"),
        ("Norsk er en fordel.", "norwegian"),
        ("Relevant erfaring kan kompensere for manglende utdanning.", "education experience"),
        ("Egen bil og faste kunder.", "car"),
        ("Required qualifications:", "education"),
        ("Fagbrev i laboratoriefaget eller bachelor i kjemi", "trade degree"),
        ("Lang erfaring kan veie opp for manglende utdanning", "experience education"),
        ("Du må trives i en travel hverdag fram til årsskiftet.", "travel shift"),
        ("Alle kan søke uavhengig av alder, kjønn og funksjonsevne.", "age"),
        ("Personlig egnethet er viktigere enn erfaring.", "experience"),
        ("Du får god opplæring i systemene våre.", "experience"),
    ],
)
def test_what_is_left_open_is_neither(text, kinds):
    assert not {f"{beginning}-{kind}" for beginning in ("needs", "no", "teaches") for kind in kinds.split()} & find(text)


def test_a_title_counts_as_a_sentence():
    assert "no-norwegian" in find("", "Cleaner wanted – no Norwegian needed")
    assert {"needs-trade", "needs-education"} <= find("", "Kokk med fagbrev")


def test_training_does_not_replace_a_demand():
    assert "teaches-experience" not in find("Du må ha tre års erfaring. Du får god opplæring.")


def test_the_mentions_of_a_text_that_are_examined_are_limited():
    text = "Erfaring er ikke nødvendig. " * 5000
    assert find(text) == {"no-experience"}


def test_a_text_of_many_different_words_is_read_in_one_pass():
    text = " ".join(
        f"natt{'abcdefghij'[number % 10]}{'abcdefghij'[number // 10 % 10]}{'x' * (number // 100)}" for number in range(900)
    )
    assert find(text) == {"needs-night"}
