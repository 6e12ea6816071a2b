"""Rules of `requirements`: the expressions around a requirement that say whether it is demanded, and statements about several.

All are matched against lower-case text, most of them against one clause.
"""

from __future__ import annotations

import re


def _join_words(*lines: str) -> str:
    """One expression of whole words; the lines are alternatives."""
    return rf"(?<!\w)(?:{'|'.join(lines)})(?!\w)"


SENTENCE_END = re.compile(
    r"[;!?\n•|.–-](?:(?<=[;!?\n•|])|(?<=\.)(?=\s|\Z)(?<! kl\.)(?<! ca\.)(?<!min\.)(?<!evt\.)(?<!l\.a\.)|(?<=\s[–-])(?=\s))"
)
"""The end of a sentence: no full stop inside a number or after "kl", no hyphen inside a word."""
_CLAUSE = r",\s*(?:og|men|and|but|mens|while|så|so)\b|(?<!\w)(?:men|but|mens)(?!\w)"
NEW_CLAUSE = re.compile(_CLAUSE)
NEW_CLAUSE_OR_ONLY = re.compile(rf"{_CLAUSE}|(?<!\w)(?:bare|kun|only|just)(?!\w)")

_NEGATIVE = (
    "(?:ikke|ikkje|ingen|inga|intet|uten|utan|verken|hverken|aldri|mangler|manglar|not|no|nor|neither|without|lacking|never|cannot|[a-z]+n['’]t|"
    "(?:do|does|is|are|ca)nt)"
)
NEGATION = re.compile(rf"(?<!\w){_NEGATIVE}(?!\w)(?!\s+(?:bare|minst|nødvendigvis|only|just|necessarily|nøl|tvil|problem)\b)")
_FILLERS = "(?:et |eit |noe |noko |en |ein |a |absolutt |absolute |strictly |formelt |strengt tatt |å |alltid |always )*"
_NEED = (
    r"(?:krav|krevd|krevs?t|kreves|nødvendig\w*|naudsynt\w*|påkrevd|påkravd|påkrevet|must|required?|requirements?|necessary|"
    r"needed|need|"
    r"mandatory|avgjørende|avgjerande|viktig\w*|essential|important|forutsetning|føresetnad|betingelse|hindring|hinder)"
)
NOT_NEEDED_AFTER = re.compile(
    _join_words(
        rf"{_NEGATIVE}\s+{_FILLERS}{_NEED}",
        "(?:kreves|krevst|krevjast|trengs|trengst|behøves|behøvest) (?:ikke|ikkje)",
        "unødvendig|unnecessary|optional|valgfritt|spiller ingen rolle|spelar inga rolle|ingen betydning|ikke så farlig",
        "(?:går|gjer) (?:helt |heilt )?(?:fint|bra)|does(?:n['’]t| not) matter",
        "(?:trenger du|treng du|trenger man|krever vi|krev vi|stiller vi) (?:ikke|ikkje|ingen|inga)",
    )
)
NOT_NEEDED_NEXT = re.compile(
    rf"(?:\s*+,)?\s*+(?:(?:men|but|og|and)\s+)?(?:(?:det|dette|it|this)\s+)?(?:(?:er|is|are)\s+)?{_NEGATIVE}\s+{_FILLERS}{_NEED}(?!\w)"
)
"""After what is only an advantage: "Erfaring er en fordel, men ikke et krav"."""
FREE = re.compile("fri|free|off")
NEEDED_AFTER = re.compile(
    _join_words(
        "er (?:et |eit )?(?:absolutt )?(?:krav|nødvendig|naudsynt|påkrevd|påkravd|påkrevet|must|forutsetning)|(?:et|"
        "eit) (?:absolutt )?(?:krav|must)",
        "kreves|krevst|krevjast|forutsettes|påkrevd|obligatorisk",
        "må (?:fremvises|framleggast|framlegges|leveres|fremlegges|foreligge|dokumenteres|visast)",
        "required|mandatory|essential|necessary|a must|needed|is a requirement|are a requirement",
    )
)
DEMAND_BEFORE = re.compile(
    _join_words(
        "krav|krever|krevjer|krev|kreves|krevst|må|skal|forutsetter|forutsetning|føresetnad|forutsettes|minst|minimum|absolutt|"
        "påkrevd",
        "require[sd]?|requirements?|requiring|must|needs?|needed|mandatory|at least",
        "trenger du|treng du|du trenger|du treng|vi trenger|søker|søkjer|søkes|ser etter|looking for|seek(?:ing)?|dokumenterte?",
    )
)
HAVE_BEFORE = re.compile(
    _join_words(
        r"(?:du|deg|dere|som|søkeren|søkere|kandidaten|you|who|candidates?|applicants?)(?:\s+\w+){0,2}\s+"
        "(?:har|er|kan|med|behersker|snakker|skriver|leser|have|has|are|speak|write)",
        r"(?:behersk|snakk|formuler|flytende|flytande|fluent|profici|master)\w*",
        "god|gode|godt|bra|good|excellent|strong|muntlig|munnleg|skriftlig|skriftleg|written|oral|spoken",
    )
)
_NUMBER = "ett?|eitt?|to|tre|fire|fem|seks|sju|åtte|ti|noen|nokre|flere|fleire|mange|one|two|three|four|five|several"
YEARS_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:\d{{1,2}}\+?|{_NUMBER})(?:\s?[-–]\s?\d{{1,2}}|\s+(?:til|to)\s+\w+)?\s+(?:års?|years?)['’]?(?:\s+of)?|"
    r"solid|lang|bred|brei|omfattende|omfattande|god|gode|relevant|allsidig|extensive|proven|strong|"
    r"previous)(?:\s+\w+){0,2}\s*$"
)
COMPANY_BEFORE = re.compile(
    _join_words(
        r"vi|me|vår|vårt|våre|we|our|selskapet|bedriften|firmaet|teamet|kollega(?:er|ene)|ansatte|"
        r"medarbeidere"
    )
)
APPLICANT_BEFORE = re.compile(
    _join_words(r"du|deg|som|søker|søkjer|søkes|kandidat\w*|ser etter|you|who|applicants?|looking for|seek\w*|krev\w*")
)
OFFER_BEFORE = re.compile(
    r"(?<!\w)(?:får|få|gir|gi|gis|gitt|tilbyr|tilby|tilbys|tilbud om|dekker|dekke|dekkjer|betaler|betale|betalt|mulighet\w*|"
    r"moglegheit\w*|"
    r"mulig å|ta|tar|tek|fullføre|oppnå|get|gain|gives?|offers?|offered|provides?|learn|lære|bygge|støtter?|utvikle|hjelp\w*|"
    r"kurs i|"
    r"opplæring i|opplæring til|under|take)(?:\s+[\w-]+){0,4}\s*$"
)
OFFER_AFTER = re.compile(
    r"^[^,]{0,30}?(?<!\w)(?:kan tas|gis|tilbys|dekkes|betales|blir gitt|hos oss|is (?:provided|offered|covered))(?!\w)"
)
SOFT = re.compile(
    _join_words(
        r"ønskelig|ønskeleg|ønskjeleg|ønskes|ønskast|fordel\w*|føremon\w*|gjerne|pluss|plus|helst|fortrinn\w*|kompenser\w*|"
        r"erstatt\w*|positivt",
        r"foretrekk\w*|vektl[ae]\w*|verdsett\w*|prioriter\w*|veie opp|vege opp|vurder[te]\w*|teller|tel|velkomm?en|velkomne",
        r"kan være|interesse\w*",
        r"advantage\w*|asset|prefer\w*|desir\w*|bonus|nice|beneficial|welcome|interest\w*",
    )
)
REFUSED_AFTER = re.compile(
    _join_words(
        r"(?:ikke|ikkje|not) (?:\w+ ){0,2}?(?:vurder\w*|aktuell?e?|kvalifi\w*|betraktning|innkalt|prioriter\w*|"
        "considered|eligible)"
    )
)  # "Søkere uten autorisasjon blir ikke vurdert"
OR = re.compile(r"^[^.,]{0,60}?(?<!\w)(?:eller|or)(?!\w)[^.,]{0,40}$")
OR_EQUIVALENT = re.compile(
    r"^[^,]{0,60}?,?\s*(?<!\w)(?:eller|or)(?!\w)\s+(?:\w+\s+){0,2}?(?:realkompetanse|erfaring|praksis|experience|equivalent|"
    r"kan kompensere)"
)
ENGLISH_KIND = re.compile(
    "experience|education|degree|norwegian|english|licen[cs]e|certificat|qualification|reference|car|visa|permit|cv|resume|"
    "age|diploma|"
    "language|police|criminal|background"
)

# Words with which an expression above can match; a clause without any of them is not searched.
GUARDS = {
    "negative": re.compile(
        rf"(?<!\w){_NEGATIVE}|unødvendig|unnecessary|optional|valgfritt|spiller|spelar|betydning|farlig|går|gjer|doesn|matter|"
        "kreves|krevst|krevjast"
    ),
    "needed": re.compile(
        r"krev\w*|krav\w*|må|skal|forutset\w*|føreset\w*|mins?t|minimum|absolutt|påkr\w*|nødvendig|naudsynt|obligatorisk|"
        r"tren\w*|"
        r"søk\w*|ser|dokument\w*|requir\w*|must|needs?|needed|mandatory|essential|necessary|least|looking|seek\w*"
    ),
    "soft": re.compile(
        r"ønsk\w*|fordel\w*|føremon\w*|gjerne|plus\w?|helst|fortrinn\w*|kompenser\w*|erstatt\w*|positivt|foretrekk\w*|vektl\w*|"
        r"verdsett\w*|prioriter\w*|veie|vege|vurder\w*|teller|tel|velkom\w*|kan|interes\w*|advantage\w*|asset|prefer\w*|"
        r"desir\w*|"
        "bonus|nice|beneficial|welcome"
    ),
}

Statement = tuple[tuple[str, ...], re.Pattern[str], tuple[str, ...]]
STATEMENTS: tuple[Statement, ...] = (
    (
        ("krav", "kvalifikasjon", "forkunnskap"),
        re.compile(
            _join_words(
                "(?:ingen|inga|ikke|ikkje) (?:noen |noe |spesielle |særskilte |formelle |spesifikke )*"
                "(?:krav|forkunnskap(?:er|ar)|kvalifikasjon(?:er|ar)|kvalifikasjonskrav)(?! (?:til|om|på|over))"
            )
        ),
        ("no-experience", "no-education"),
    ),
    (
        ("alle kan", "for alle", "requirements", "qualifications", "can apply"),
        re.compile(
            _join_words(
                "alle kan (?:søke|søkje)|passer for alle|passar for alle|(?:everyone|anyone) can apply",
                "no (?:special |specific |formal )?(?:requirements|qualifications)",
            )
        ),
        ("no-experience", "no-education"),
    ),
    (
        ("ufagl", "uutdann", "unskilled", "unqualified"),
        re.compile(r"(?<!\w)(?<!ikke )(?<!ikkje )(?:ufaglært\w*|uutdannet|uutdannede|unskilled|unqualified)(?!\w)"),
        ("no-education",),
    ),
    (
        ("ufagl", "unskilled"),
        re.compile(r"(?<!\w)(?<!ikke )(?<!ikkje )(?:ufaglært\w*|unskilled)(?!\w)(?! (?:med|with))"),
        ("teaches-experience",),
    ),
    (
        ("opplæring", "lærer deg", "lærer opp"),
        re.compile(
            _join_words(
                "opplæring(?:en|a)? (?:blir |vil bli |vert |skal |kan )?(?:gitt|gis|gjeve|gjevast|bli gitt)",
                r"(?:full|fullstendig|all nødvendig|nødvendig|naudsynt) opplæring(?! i\b)|lærer deg (?:opp|alt|det du)|"
                r"lærer opp",
                r"(?:gir|gjev|gjer|gi|får|få) (?:deg )?(?:full |all |all nødvendig |nødvendig |den |også |òg )?opplæring(?! i\b)",
            )
        ),
        ("teaches-experience",),
    ),
    (
        ("train", "on the job"),
        re.compile(
            _join_words(
                "full training|training (?:is |will be )?(?:provided|given|included)|(?:train|teach) you|learn on the job",
                "(?:provide|offer|give)s? (?:you )?(?:full |all |the )?training",
            )
        ),
        ("teaches-experience",),
    ),
    (
        ("nyutdann", "nybegyn", "nybyrj", "uerfar", "graduate", "beginner", "entry", "inexperienced"),
        re.compile(
            _join_words(
                r"nyutdann\w+ (?:\w+ ){0,2}?(?:velkom\w+|søk\w*|oppfordr\w+|aktuell\w*)|(?:også|gjerne|for) nyutdann\w+",
                r"(?:recent|new) graduates?|nybegynner\w*|nybyrjar\w*|beginners?|entry[- ]level|uerfar(?:en|ne)|inexperienced",
            )
        ),
        ("teaches-experience",),
    ),
    (
        ("alder", "of age", "under 18", " 13", " 14", " 15", " 16", " 17"),
        re.compile(
            _join_words(
                r"uansett alder(?!,)|alder (?:er|spiller|har) ingen\w*|under 18(?: år)?[^.!\n]{0,40}?velkom\w+",
                r"du (?:må (?:være |ha )?|er |har |kan være )?(?:fylt |fyller |mellom |minst |fra )*1[3-7](?: år|\s?[-–])",
                r"(?:for|til) (?:deg|ungdom|unge|skoleelev\w*)[^.!\n]{0,20}? 1[3-7](?: år|\s?[-–])",
            )
        ),
        ("no-age",),
    ),
    (
        ("18", "20 ", "21 ", "23 ", "25 "),
        re.compile(
            _join_words(
                "(?:over|fylt|fyller|fylte|minst|minimum|være|vere|at least|be|aged?|er) (?:du )?(?:18|2[0-5])(?: år| ?\\+|"
                " years)|over 18",
                "(?:18|2[0-5])[- ]?års? (?:alders)?grense|(?:18|2[0-5]) (?:år eller eldre|years or older)",
                "(?<!ingen )(?<!ikke )aldersgrense (?:er |på )?(?:18|2[0-5])",
            )
        ),
        ("needs-age",),
    ),
    (
        ("english", "engelsk"),
        re.compile(
            _join_words(
                "english (?:is )?(?:ok|enough|sufficient|fine)|(?:kun|bare|only) (?:engelsk|english)|engelsk (?:er )?(?:holder|"
                "nok|held|like bra)"
            )
        ),
        ("no-norwegian",),
    ),
    (
        ("dagtid", "dag og kveld", "dagstilling", "day"),
        re.compile(_join_words("dagtid|dag og kveld|dagstilling|daytime|day shifts?")),
        ("no-night",),
    ),
    (("dagtid", "daytime"), re.compile(_join_words("dagtid|daytime")), ("no-evening",)),
    (
        ("fredag", "friday", "hverdager", "kvardagar", "weekdays", "man-fre", "man–fre"),
        re.compile(
            _join_words(
                "(?:mandag|måndag|monday) ?(?:til|to|through|-|–) ?(?:fredag|friday)|man[-–]fre|hverdager|kvardagar|weekdays"
            )
        ),
        ("no-weekend",),
    ),
    (
        ("fast lønn", "fast timelønn", "salary"),
        re.compile(_join_words("(?:bare|kun|ren) fast (?:time)?lønn|fixed salary only")),
        ("no-commission",),
    ),
)
"""(parts of a text without which the expression does not match, the expression, what an ad with it says)."""
