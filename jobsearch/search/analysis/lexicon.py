"""Norwegian lexicon: hand-kept word lists for the stemmer, the compound splitter, stop words and place names.

The stemmer's suffix rules alone would get these words wrong. All are in lower case; a compound inflects like its last part.
Agent nouns come from the names of occupations in NAV's classification and from common heads of job titles. A changed value
or name of a list here changes the index fingerprint, so that indexes are rebuilt.
"""

from __future__ import annotations

from jobsearch.taxonomy import catalogue

from .folding import normalise_spelling
from .place_names import TOWNS, split_languages


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Agent nouns: people named by what they do. The stem keeps -er, so that "lærer" is not "lære". English ones inflect alike here.
AGENTS = _words(
    """
    lærer leder pleier arbeider medarbeider giver rådgiver utvikler selger kjøper renholder holder vekter snekker tømrer murer
    maler legger rørlegger planlegger mekaniker elektriker tekniker musiker optiker grafiker analytiker logistiker informatiker
    keramiker politiker statistiker matematiker fysiker kjemiker forsker dommer fører sveiser baker slakter kelner bartender
    designer developer engineer manager controller partner trainer tester behandler forvalter veileder fisker gartner skredder
    feier oversetter megler styrer bestyrer hjelper medhjelper trener sanger danser skuespiller spiller forfatter skriver
    tegner reder driver bygger tekker slager graver kjører bærer rydder plukker pakker vasker oppdretter røkter avløser redder
    vokter gransker formidler innkjøper rigger foreleser passer hogger lakkerer maker teacher waiter cleaner carpenter plumber
    worker leader officer helper lecturer researcher baker farmer welder painter butcher player writer driver server
    programmerer kasserer barberer rekrutterer tapetserer fileterer landmåler
    utreder følger håndverker polerer pusser gjeter jeger
    befrakter avleser leser
    """
)

# Nouns whose ending looks like an inflection but belongs to the stem.
KEPT = _words(
    """
    senter lager vikar bibliotekar seminar sommer vinter søster mester meister nummer teater register orkester semester minister
    kammer offiser kjøkken våpen eksamen universitet fakultet itet het hotell center sekretær kvarter klinikk bartender kurer
    jordmor laboratorium museum sjåfør arkivar aktuar produsent kateket skytebas
    """
)

# Irregular inflection: last part of a word -> its stem.
IRREGULAR = {
    "mødrene": "mor",
    "mødrer": "mor",
    "mødre": "mor",
    "jordmora": "jordmor",
    "jordmoren": "jordmor",
    "mennene": "mann",
    "menn": "mann",
    "mannen": "mann",
    "brødre": "bror",
    "søstrene": "søster",
    "søstre": "søster",
    "søstrer": "søster",
    "sentrene": "senter",
    "sentre": "senter",
    "sentra": "senter",
    "sentret": "senter",
    "centre": "senter",
    "center": "senter",
    "senteret": "senter",
    "mestrene": "mester",
    "mestre": "mester",
    "lagrene": "lager",
    "lagre": "lager",
    "bøndene": "bonde",
    "bønder": "bonde",
    "bonden": "bonde",
    "bonde": "bonde",
    "bøkene": "bok",
    "bøker": "bok",
    "boken": "bok",
    "boka": "bok",
    "museene": "museum",
    "museer": "museum",
    "museet": "museum",
    "laboratoriet": "laboratorium",
    "laboratorier": "laboratorium",
    "kollegaer": "kollega",
    "kolleger": "kollega",
    "kollegaene": "kollega",
    "kollega": "kollega",
    "fôring": "fôr",
    "fôringa": "fôr",
    "fôringen": "fôr",
    # Common misspellings.
    "mekanikker": "mekaniker",
    "elektrikker": "elektriker",
    # Abbreviations that are written without a full stop too.
    "medarb": "medarbeider",
    "sykepl": "sykepleier",
    "hageass": "hageassistent",
    "kjøkkenass": "kjøkkenassistent",
    "skoleass": "skoleassistent",
    "pleieass": "pleieassistent",
    "kontorass": "kontorassistent",
}

FEED = "fôr"
"""Animal feed. The accent distinguishes it from "for", inside a compound too ("kraftfôr", "fôrselger")."""

# Nynorsk and old spellings -> bokmål, replaced inside words; the longest first where one contains another.
NYNORSK = {
    "sjuk": "syk",
    "pleiar": "pleiar",
    "heime": "hjemme",
    "sjukeheim": "sykehjem",
    "aldersheim": "aldershjem",
    "barneheim": "barnehjem",
    "ungdomsheim": "ungdomshjem",
    "bufellesskap": "bofellesskap",
    "skular": "skoler",
    "skulen": "skolen",
    "skule": "skole",
    "rekneskap": "regnskap",
    "røyrleggjar": "rørleggar",
    "leggjar": "leggar",
    "røyr": "rør",
    "vegleiar": "veiledar",
    "rettleiar": "veiledar",
    "leiar": "ledar",
    "leiing": "ledelse",
    "seljar": "selgar",
    "kjøpar": "kjøper",
    "sakshandsamar": "saksbehandler",
    "handsamar": "behandler",
    "gjevar": "giver",
    "reinhald": "renhold",
    "vidaregåande": "videregående",
    "handverk": "håndverk",
    "snikkar": "snekker",
    "tannlækjar": "tannlege",
    "lækjarar": "leger",
    "lækjarane": "legene",
    "lækjaren": "legen",
    "tannlækjarane": "tannlegene",
    "tannlækjarar": "tannleger",
    "tannlækjaren": "tannlegen",
    "lækjar": "lege",
    "meister": "mester",
    "landmålar": "landmåler",
    "målarar": "malere",
    "målar": "maler",
    "kjøkenet": "kjøkkenet",
    "kjøken": "kjøkken",
    "tilsett": "ansatt",
    "vaksen": "voksen",
    "verksemd": "virksomhet",
    "tenest": "tjenest",
    "fagleg": "faglig",
    "personleg": "personlig",
    "dagleg": "daglig",
    "offentleg": "offentlig",
    "vitskap": "vitenskap",
    "køyrar": "kjørar",
    "oversetjar": "oversettar",
    "omsetjar": "oversettar",
    "skodespelar": "skuespillar",
    "spelar": "spillar",
    "bøndar": "bønder",
    "reidar": "redar",
    "tømrar": "tømrer",
    "sommar": "sommer",
}

# Compound heads that are occupations, as stems: "programvareutvikler" is also a "utvikler". All agent nouns are heads.
HEADS = AGENTS | _words(
    """
    sykepleier helsefagarbeider fagarbeider saksbehandler konsulent assistent ingeniør sjåfør leg kokk sjef vikar terapeut
    koordinator sekretær arkitekt operatør montør mester pedagog psykolog jurist advokat økonom agent ansvarlig representant
    direktør instruktør inspektør stipendiat lektor professor rektor lærling student vert servitør frisør betjent konstabel
    offiser soldat revisor fysioterapeut fotograf journalist redaktør mann vakt hjelp resepsjonist tolk skipper matros
    bioingeniør farmasøyt radiograf jordmor veterinær prest diakon planlegger kontrollør reparatør
    overleg fastleg tannleg dyrleg
    spesialist fullmektig biolog geolog meteorolog arkeolog logoped audiograf kiropraktor ekspeditør dekoratør regissør massør
    flyger maskinist styrmann kurator konservator kapellan organist kantor smed dyrepleier audiopedagog
    """
) - {"passer"}

# Heads whose compound also is what its modifier names: a "tømrerlærling" is a "tømrer", but a "legesekretær" is no "lege".
ALSO_WHAT_STANDS_BEFORE = _words("lærling vikar spesialist fullmektig student stipendiat")

# Compound heads that are workplaces, as stems: "butikk" also finds "klesbutikk".
WORKPLACES = _words(
    """
    butikk barnehag skol sykehus hotell restaurant klinikk kontor lager senter verksted apotek sykehjem kjøkken museum bibliotek
    fabrikk kantin kafe bank legevakt
    """
)

# Abbreviations with a full stop in titles and names: "Barnehageass.", "avd.leder".
SHORT_ENDS = {
    "sykepl": "sykepleier",
    "sjukepl": "sykepleier",
    "medarb": "medarbeider",
    "kons": "konsulent",
    "sekr": "sekretær",
    "koord": "koordinator",
    "rådg": "rådgiver",
    "saksbeh": "saksbehandler",
    "ass": "assistent",
}
SHORT_STARTS = {
    "avd": "avdelings",
    "prod": "produksjons",
    "prosj": "prosjekt",
    "ped": "pedagogisk ",
    "spes": "spesial",
    "univ": "universitets",
    "psyk": "psykiatrisk ",
    "bhg": "barnehage",
    "siv": "sivil",
    "vit": "vitenskapelig ",
    "adm": "administrerende ",
    "ass": "assisterende ",
    "reg": "regnskaps",
    "øk": "økonomi",
}
SHORT_ALONE = {"ing": "ingeniør", "spl": "sykepleier", "vpl": "vernepleier", "hfa": "helsefagarbeider", "dir": "direktør"}

# Words that are not split though they end like a compound, as stems: a "vaktmester" is no "mester".
UNSPLIT = _words(
    """
    vaktmester semester trimester
    kolleg kollega tannleg dyrleg privileg arbeidstaker mottaker arbeidsgiver oppdragsgiver innleder anleder gleder forleder
    utleder rekker fordriver hundeeier normaler bemaler samarbeider bearbeider utarbeider forarbeider nattmann gjengiver
    personleg offentleg dagleg vanleg naturleg hyggeleg kyrkjeleg vitskapleg mogeleg endeleg tilgjengeleg samfunnsfagleg
    miljøfagleg helsefagleg sosialfagleg barnevernfagleg medisinskfagleg sykepleiefagleg idrettsfagleg
    """
)

# Words without æ, ø or å that are not folded forms of another word: "maler" does not mean "måler".
PLAIN = _words(
    """
    maler maling malere mal male far fare var vare varer rad ar or for sa na lan land last laste lar hor mor bor tar sar bar
    mat matt hav har tal ta fa ga la ma sta ra gar mala bla gra dar der her bat lat natt topp dor son tan ran van
    """
)

# Stop words: dropped from a query unless nothing else is left, or they are in a phrase.
STOP_WORDS = _words(
    """
    og i på til for med av en et ei ein eit den det de er som om fra frå ved hos nær jeg eg vi meg oss kan vil skal å at in the
    a an of for at near and som eller innen innenfor én éin éi ét òg à
    """
)

# Function words that only an accent distinguishes from another word: "fôr" is feed, "allé" a street, "vêr" the weather in
# nynorsk. Such a word keeps its accent in the index and in queries; every other word loses it ("idé", "kafé", "Müller", "André").
FUNCTION_WORDS = STOP_WORDS | _words(
    """
    alle bare ble bli da der dere dit du eller er ha han har her hit ho hun hva hver hvor ikke ikkje inn ja jo kor kun kva la
    ler men mer mi min mot ned nei no om opp over sa seg ser si sin so ta under ut var ver vor
    as be by do he is it me my on or to we you
    """
)
# Fillers: words of the request itself, such as "ledig stilling", dropped like stop words.
FILLERS = STOP_WORDS | _words(
    """
    ledig ledige stilling stillinger stillingen stillingar stillingane jobb jobber jobben jobbar jobbe job jobs søker søke
    søkes søkjer søkje søkjast ønsker ønskes ønskjer finn finne vacancy vacancies position positions utlysning utlysninger
    annonse annonser stillingsannonse stillingsannonser ledigstilling arbeid
    """
)
FILLERS -= {"arbeid"}
FILLERS |= _words(
    """
    ser leter leiter letar etter finnes finst finnast noen nokon noe noko trenger treng hvor kor kva hva hvilke kan få vi ha har
    er nye ny utlyst utlyste want looking look work working find get hiring wanted available open any there with
    nærheten søknad snarest gjerne bli være vere veldig min mine meg deg du dere m k mk
    """
)

# Word -> the words before which it is a filler: "arbeid som kokk", but not in "sosialt arbeid".
FILLERS_BEFORE = {
    "arbeid": _words("som innen i på ved hos for innenfor med"),
    "arbeide": _words("som innen i på ved hos for innenfor med"),
    "as": _words("a an"),
    "to": _words("be work find get"),
}

# Place names of one word: never stemmed ("bergen" is no form of "berg").
PLACES = frozenset(TOWNS) | frozenset(
    normalise_spelling(form.lower())
    for county, municipalities in catalogue.COUNTIES.items()
    for name in (county, *municipalities)
    for form in (name.partition(" (")[0], *split_languages(name))
    if " " not in form and "-" not in form
)
# Place names that are also everyday words or parts of other names: a text that contains one need not mean the place.
EVERYDAY_PLACES = _words(
    """
    time hole stad lund marker strand nes os vik vang sel hå grue gran fjord tinn heim flå gol hol lom ås ål vega rana grane
    sola stange våler sande fauske alta rauma frøya vinje nome sula lier modum dovre bykle valle råde lunner trana heim bø
    ski sand sem hof storo bryn rena lena lade kroken egge skei straume borre åsen myre moa skogn maura åmot kjeller madla
    """
)
