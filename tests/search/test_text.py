"""Norwegian analyser: tokens, stems, compounds and abbreviations."""

from __future__ import annotations

import pytest

from jobsearch.search.analysis import norwegian
from jobsearch.taxonomy.catalogue import COUNTIES

ONE_STEM = """
    sykepleier sykepleiere sykepleieren sykepleierne sykepleiers sjukepleiar sjukepleiarar sjukepleiaren sjukepleiarane
    lærer lærere læreren lærerne lærar lærarar læraren lærarane
    leder ledere lederen lederne leiar leiarar leiaren leiarane
    selger selgere selgeren selgerne seljar seljarar
    jordmor jordmødre jordmødrene jordmora jordmoren
    ingeniør ingeniører ingeniøren ingeniørene ingeniørar ingeniørane
    lege leger legen legene legar legane lækjar lækjaren lækjarar lækjarane
    konsulent konsulenter konsulenten konsulentene konsulentar konsulentane
    kokk kokker kokken kokkene kokkar kokkane
    barnehagelærer barnehagelærere barnehagelærerne barnehagelærar barnehagelærarane
    rørlegger rørleggere røyrleggjar røyrleggjarar rørleggerne
    elektriker elektrikere elektrikeren elektrikerne elektrikar elektrikarar
    sjåfør sjåfører sjåføren sjåførene sjåførar sjåførane
    rådgiver rådgivere rådgiveren rådgjevar rådgjevarar
    saksbehandler saksbehandlere sakshandsamar sakshandsamarar sakshandsamaren
    avdeling avdelingen avdelinger avdelingene avdelingar avdelinga avdelingane
    kommune kommunen kommuner kommunene kommunar
    skole skolen skoler skule skulen skular
    senter senteret sentre sentrene
    tømrer tømrere tømrerne tømreren tømrarar
    maler malere malerne målar målarar
    snekker snekkere snikkar snikkarar
    sykehus sykehuset sykehusene sjukehus sjukehuset
    helsefagarbeider helsefagarbeidere helsefagarbeidar helsefagarbeidarar helsefagarbeidarane
    renholder renholdere renholderen reinhaldar reinhaldarar
    virksomhet virksomheten virksomheter virksomhetene
    universitet universitetet universiteter universitetene
    vikar vikarer vikaren vikarene vikarar vikarane
    lager lageret lagre lagrene
    veileder veiledere vegleiar vegleiarar rettleiar
    frisør frisører frisøren frisørar
    tannlege tannleger tannlegen tannlækjar
    assistent assistenter assistenten assistentar
    direktør direktører direktøren
    mekaniker mekanikere mekanikaren mekanikarar
    utvikler utviklere utvikleren utviklerne utviklar utviklarar
    medarbeider medarbeidere medarbeidar medarbeidarar
    tannlege tannlækjarane tannlækjarar tannlegane
    sykehjem sykehjemmet sykehjemmene sykehjemmets sjukeheim sjukeheimen
    program programmet programmer programmene
    montør montørs montører montørens montørene montørenes
    konsulent konsulents konsulentens konsulentenes
    vekter vekteres vekterens vekternes vektarar
    arkivar arkivarer arkivaren
    kasserer kasserere kassereren kasserar
    mekaniker mekanikker mekanikere
    psykolog psykologer psykologen psykologar
    nurse nurses
    developer developers
    consultant consultants
    vernepleier vernepleiere vernepleiar vernepleiarar
    bonde bønder bonden bøndene
    sekretær sekretærer sekretæren sekretærar
    renhold renholdet reinhald reinhaldet
    fysioterapeut fysioterapeuter fysioterapeutar
    butikkmedarbeider butikkmedarbeidere butikkmedarbeidarar
    prosjektleder prosjektledere prosjektleiar prosjektleiarar prosjektlederen
    servitør servitører servitøren servitørar
    advokat advokater advokaten advokatar
    vaktmester vaktmestere vaktmesteren vaktmeister vaktmeisteren
    larer larere larerne
    sjafor sjaforer sjaforen
    radgiver radgivere
"""
APART = """
    lærer lære · leder lede · selger selge · lager lag · baker bak · vikar vik · bergen berg · utvikler utvikle
    arbeider arbeid · maler måler · renholder renhold · bibliotekar bibliotek · forsker forske · fisker fisk · murer mur
    tester test · rådgiver råd · tannlege lege · time timer · vikar vikariat
"""


@pytest.mark.parametrize("forms", ONE_STEM.strip().splitlines())
def test_all_forms_of_a_word_have_one_stem(forms):
    assert len({norwegian.stem_word(form) for form in forms.split()}) == 1, {
        form: norwegian.stem_word(form) for form in forms.split()
    }


@pytest.mark.parametrize("pair", [pair.strip() for line in APART.strip().splitlines() for pair in line.split("·")])
def test_different_words_have_different_stems(pair):
    first, second = pair.split()
    assert norwegian.stem_word(first) != norwegian.stem_word(second)


def test_places_are_not_stemmed():
    for county, towns in COUNTIES.items():
        for name in (county, *towns):
            if name.isalpha():
                exact = norwegian.analyse_word(name).exact
                assert norwegian.stem_word(exact) == exact, name


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("C++, C#/.NET og F#", "c++ c# .net og f#"),
        ("ASP.NET", "asp .net"),
        ("www.arbeid.net", "www arbeid net"),
        ("IT-konsulent", "it konsulent"),
        ("Idé Müller ÄÖ Aas Haakon", "ide muller æø ås håkon"),
        ("McDonald's", "mcdonalds"),
        ("e-post 100 %", "e post 100"),
        ("Tannhelse/-pleie", "tannhelse pleie"),
        ("å ø æ", "å ø æ"),
        ("a\u030a o\u0338", "å o"),
    ],
)
def test_text_is_split_into_normalised_tokens(written, words):
    assert " ".join(word.exact for word in norwegian.analyse_text(written)) == words


def test_the_english_pronoun_it_is_not_the_it_sector():
    exact = [word.exact for word in norwegian.analyse_body("It is fun, it is. IT and it-drift\nend")]
    assert exact == ["is", "fun", "is", "it", "and", "it", "drift", norwegian.BREAK, "end"]


@pytest.mark.parametrize(
    ("compound", "inside"),
    [
        ("programvareutvikler", "utvikler"),
        ("butikkmedarbeider", "medarbeider"),
        ("avdelingsleder", "leder avdeling"),
        ("barnehagelærer", "lærer barnehag"),
        ("spesialsykepleier", "sykepleier"),
        ("overlege", "leg"),
        ("bussjåfør", "sjåfør"),
    ],
)
def test_compounds_are_split_into_their_parts(compound, inside):
    assert {*inside.split()} <= {*norwegian.split_compound(norwegian.stem_word(compound))}


@pytest.mark.parametrize("word", ["kollega", "tannlege", "leder", "glede", "lærer"])
def test_words_that_only_look_like_compounds_are_not_split(word):
    assert norwegian.split_compound(norwegian.stem_word(word)) == ()


@pytest.mark.parametrize(
    ("compound", "outside"), [("legesekretær", "leg"), ("legevakt", "leg"), ("lærerassistent", "lærer"), ("skoletannlege", "leg")]
)
def test_an_occupation_as_modifier_is_not_a_part(compound, outside):
    assert outside not in norwegian.split_compound(norwegian.stem_word(compound))


@pytest.mark.parametrize(
    ("compound", "inside"),
    [
        ("tømrerlærling", "tømrer"),
        ("psykologspesialist", "psykolog"),
        ("kommuneoverlege", "overleg leg"),
        ("klesbutikk", "butikk"),
        ("bussjåfør", "buss"),
    ],
)
def test_modifiers_and_inner_compounds_that_describe_the_ad_are_parts(compound, inside):
    assert {*inside.split()} <= {*norwegian.split_compound(norwegian.stem_word(compound))}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Barne- og ungdomsarbeider, 80 %", "barnearbeider"),
        ("Miljøarbeider/-terapeut natt (m/k)", "miljøterapeut"),
        ("Bil-, drosje- og varebilførere", "bilfører drosjefører"),
        ("Universitets- og høyskolelektorer/-lærere", "universitetslektor høyskolelærer"),
        ("helse-/sykepleier", "helsesykepleier"),
        ("Møbel- og innredningssnekker", "møbelsnekker"),
        ("IT-konsulent og e-post", ""),
        ("Kokk - sommer", ""),
    ],
)
def test_shared_endings_are_expanded(written, meant):
    found = norwegian.expand_shared_endings(written)
    assert {*meant.split()} <= found
    assert meant or not found


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Sykepl. til legevakt", "sykepleier til legevakt"),
        ("Avd.leder", "avdelingsleder"),
        ("avd. leder", "avdelingsleder"),
        ("Barnehageass. / vikar", "barnehageassistent vikar"),
        ("Ass. butikksjef", "assisterende butikksjef"),
        ("Prod.medarb.", "produksjonsmedarbeider"),
        ("Siv.ing.", "sivilingeniør"),
        ("adm.dir.", "administrerende direktør"),
        ("Mattilsynet avd. Jæren", "mattilsynet avd jæren"),
        ("Kompass.", "kompass"),
        ("Vik Mek. Verksted", "vik mek verksted"),
    ],
)
def test_abbreviations_are_expanded(written, words):
    assert " ".join(word.exact for word in norwegian.analyse_text(written)) == words


def test_two_words_are_joined_to_a_compound():
    assert norwegian.join_compound("butikk", "medarbeidere") == norwegian.stem_word("butikkmedarbeider")
    assert norwegian.join_compound("buss", "sjåfør") == norwegian.stem_word("bussjåfør")


def test_the_word_cache_is_cleared_when_it_is_full(monkeypatch):
    monkeypatch.setattr(norwegian, "_WORD_CACHE_SIZE", 10)
    monkeypatch.setattr(norwegian, "_word_cache", {})
    for number in range(100):
        norwegian.analyse_word(f"ord{number}")
    assert len(norwegian._word_cache) <= 10
