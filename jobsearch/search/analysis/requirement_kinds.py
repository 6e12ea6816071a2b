r"""Kinds of requirements and working conditions that an ad states and a visitor may want to avoid, with the words that name them.

Used for documents (`requirements`: which of them an ad demands or says are not needed) and for queries (`query/wishes.py`).
The patterns are matched against lower-case text; those of the two tables are part of the index fingerprint.
"""

from __future__ import annotations

import re

REQUIREMENTS: dict[str, str] = {
    "experience": r"(?:arbeids|yrkes|jobb|bransje|bransjer|fag|praksis|salgs|leder|kokke)?erfaring(?:en|a|er|ar|s?krav)?|"
    r"røynsler?|røynsla|"
    r"arbeidspraksis|yrkespraksis|fartstid|(?:work(?:ing)? |job |professional )?experiences?|experienced",
    "education": r"(?!videre|vidare|etter)[^\W\d_]{0,15}?utdan(?:ning|nelse)(?:en|a|er|ar|s?krav|sbakgrunn|snivå)?|"
    r"utdann(?:et|a)|"
    r"skolegang|skulegang|vitnemål|eksamen|studiekompetanse|fagkompetanse|kvalifikasjon(?:er|ar|skrav)?|education|"
    r"qualifications?|(?:formell|formal) kompetanse",
    "degree": r"(?:bachelor|master)(?:grad|utdanning|nivå)?(?:en|a|er|s)?(?:['’]s)?(?: degrees?)?"
    r"(?! (?:level|students?|programmes?|thes[ie]s|courses?))|(?:university |college |academic )?degrees?|diplomas?|"
    r"(?:høyskole|høgskole|høgskule|universitets)utdan(?:ning|nelse)|universitetsgrad|"
    r"(?:høyere|høgare|higher|university|college) (?:utdan(?:ning|nelse)|education)",
    "trade": r"fagbrev(?:et)?|svennebrev(?:et)?|fagarbeiderbrev|mesterbrev|sveinebrev|fagutdan(?:ning|nelse)|"
    r"trade certificates?|"
    r"craft certificates?|journeyman(?:['’]s)? certificates?",
    "authorisation": r"(?:helsepersonell)?autorisasjon(?:en)?|autorisert som|authori[sz]ation|norsk lisens",
    "norwegian": r"norskkunnskap(?:er|ar)|norskferdigheter|norskferdigheiter|norskkrav|norskspråklig|"
    r"norsk(?! statsb)(?: språk)?|"
    r"norwegian(?: language| skills)*|"
    r"skandinavisk(?: språk)?|(?:a )?scandinavian language|språkkrav|språkkunnskap(?:er|ar)|språkferdigheter",
    "english": r"engelskkunnskap(?:er|ar)|engelskferdigheter|engelskferdigheiter|engelskkrav|engelsk(?: språk)?|"
    r"english(?: language| skills)*",
    "licence": r"før[ae]rkort(?:et|krav)?|bilsertifikat(?:et)?|bil[ -]?lappen|lappen|førerrett|(?:driving|"
    r"driver['’]?s?) licen[cs]es?|kjørekort|"
    r"licen[cs]e (?:class )?[bcd]1?e?",
    "car": r"(?:egen |eigen |own |a )?(?:bil|car)",
    "truck": r"truck(?:fører|førar)?(?:bevis|kort|kurs|sertifikat)(?:et)?|forklift (?:licen[cs]es?|certificates?)|"
    r"truck ?licen[cs]e",
    "certificate": r"sertifikat(?:er|et)?|sertifisering(?:er)?|sertifisert|kursbevis|kompetansebevis|certificates?|"
    r"certifications?|kjøreseddel|køyresetel|"
    r"maskinfører(?:bevis|kompetanse)|maskinførarbevis|kran(?:fører)?bevis|yrkessjåførbevis|yrkessjåførkompetanse|ysk|"
    r"adr(?:[ -]?bevis|[ -]?kort)?|"
    r"hms[ -]kort|sikkerhetskurs|varme arbeider|vekterkurs|ordensvaktkurs",
    "age": r"(?:nedre |øvre )?aldersgrense[rn]?|alderskrav|age limits?|age requirements?",
    "references": r"referanse(?:r|ar)?|references?",
    "police": r"politiattest(?:en)?|vandelsattest(?:en)?|vandel|bakgrunnssjekk|police certificates?|"
    r"criminal record(?: check)?|background checks?",
    "clearance": r"sikkerhetsklarering|tryggleiksklarering|klarering|security clearance",
    "permit": r"arbeidstillatelse|arbeidsløyve|oppholdstillatelse|opphaldsløyve|statsborgerskap|statsborgarskap|"
    r"work permits?|visas?|citizenship",
    "cv": r"cv(?:en)?|søknadsbrev|motivasjonsbrev|cover letters?|resumes?|résumés?",
}
"""Name of a requirement -> pattern of the words that name it."""

CONDITIONS: dict[str, str] = {
    "night": r"natt(?!verd|bord|klubb|og(?!\w))[^\W\d_]{0,16}|våkenn?att|netter|nettene|nights?(?:[ -]shifts?| work)?|"
    r"nightshifts?",
    "evening": r"kveld[^\W\d_]{0,16}|evenings?(?: shifts?| work)?",
    "weekend": r"helg(?!eland|efri)[^\W\d_]{0,16}|weekends?(?: shifts?| work)?|lørdag[^\W\d_]{0,8}|søndag[^\W\d_]{0,8}|"
    r"laurdag[^\W\d_]{0,8}|"
    r"sundag[^\W\d_]{0,8}|saturdays?|sundays?",
    "shift": r"(?:to|tre|fem|dag|natt|kveld|helg|lang|døgn|tidlig|sein|sen|ettermiddags?)?-?skift(?:s?(?:arbeid|ordning(?:er|"
    r"a|en)?|plan|gang|turnus|tillegg|jobb(?:ing)?)|et|ene)?|"
    r"[^\W\d_]{0,8}?turnus(?:arbeid|ordning(?:en|a)?|en|jobb(?:ing)?|vakt(?:er|ar)?)?|(?:rotating )?shifts?(?: work)?|"
    r"shiftwork",
    "commission": r"provisjon(?:en|s|sbasert|slønn|sløn|slønnet|sordning)?|commissions?(?:-based| based| only)?",
    "travel": r"reisevirksomhet|reiseverksemd|reisedager|reisedagar|reising|jobbreiser|tjenestereiser|travell?ing|"
    r"business trips?|travel(?= (?:is|required|may|will|days|within|abroad|to ))",
    "overtime": r"overtid(?:en|sarbeid|sjobbing)?|overtime",
    "on-call": r"bakvakt(?:er)?|hjemmevakt(?:er)?|heimevakt(?:er)?|beredskapsvakt(?:er)?|on[- ]call(?: duty)?",
    "cold-calling": r"kaldsalg|kalde samtaler|telefonsalg|dørsalg|dør[- ]til[- ]dør(?:[- ]salg)?|cold[- ]calling|telesales|"
    r"door[- ]to[- ]door(?: sales)?",
}
"""Name of a working condition -> pattern of the words that name it. An ad has it as soon as it mentions it."""

PARENTS = {
    "degree": "education",
    "trade": "education",
    "authorisation": "education",
    "truck": "certificate",
    "licence": "certificate",
}
"""Kind -> the wider kind: an ad that demands a trade certificate demands an education."""

# Kinds whose mention alone demands them: "Førerkort klasse B.", "Gode norskkunnskaper". "Erfaring" and "norsk" need a verb.
STRONG = re.compile(
    r"(?:norskkunn|norskferdig|engelskkunn|engelskferdig|skandinavisk språk|fagbrev|svennebrev|sveinebrev|mesterbrev|"
    r"bachelor|master|degree|autoris|"
    r"authori|før[ae]rkort|bilsertifikat|driv(?:ing|er)|licen[cs]e|truck|kjøresed|køyreset|maskinfør|kran|yrkessj|ysk|adr|"
    r"høyere utdan|høgare utdan|higher ed|høyskole|høgsk|universitet|politiattest|vandelsattest|police|trade cert|"
    r"sikkerhetsklar|security cl|utdann(?:et|a)$)"
)

HINT = re.compile(
    r"erfar|røynsl|praksis|fartstid|experience|utdan|skolegang|skulegang|vitnemål|eksamen|kompetanse|kvalifikasjon|education|"
    r"qualification|"
    r"bachelor|master|degree|diploma|høyere|høgare|higher|university|college|studie|brev|trade|craft|journeyman|autoris|"
    r"authori|norsk|norweg|"
    r"skandinav|scandinav|språk|engelsk|english|kort|sertifi|lapp|førerrett|driv|licen|^bil$|^car$|truck|bevis|kurs|certif|"
    r"kjøreseddel|køyresetel|"
    r"^ysk$|^adr|^varme$|aldersgrense|alderskrav|^age$|referanse|reference|attest|^vandel$|sjekk$|police|criminal|background|"
    r"klarering|security|"
    r"tillatelse|arbeidsløyve|opphaldsløyve|borgerskap|borgarskap|permit|visa|citizenship|^cv|cover|resume|résumé|^hms|"
    r"natt|^nett|night|kveld|evening|helg|weekend|lørdag|søndag|laurdag|sundag|saturday|sunday|skift|turnus|shift|provisjon|"
    r"commission|reise|reising|"
    r"travel|business|overti|vakt|on-call|^on$|kald|telefon|^dør|cold|telesales|door"
)
"""A part of every word with which a name of a kind begins: all other words of a text are skipped."""

ONLY_WAIVED = re.compile("kvalifikasjon|qualification|formell kompetanse|formal kompetanse")
"""Names that head a list of demands, so that only their negation says something: "Required qualifications"."""
