"""Word lists for numbers: labels of phone numbers, words before reference numbers, and units. All words are folded."""

from __future__ import annotations

# Words directly before a phone number, or before a filler.
LABELS = frozenset(
    """
    tlf tel telefon telefonen telefonnummer telefonnr telefonnummeret telefax faks fax mob mobil mobilen mobiltelefon
    mobilnr mobilnummer phone phones telephone cell mobile ring ringe ringer call calls text sms whatsapp signal viber
    vipps sentralbord sentralbordet direktenummer direkte dir kontakttelefon vakttelefon vakttelefonen tekst melding tlfnr
    telnr phonenumber zadzwon puh gsm hotline naas naast treffes treffast numer telefono telefonu numeriu skambinkite
    hotlinje slaa
    """.split()
)
LABEL_ENDS = ("telefon", "telefonen", "telefonnummer", "mobil", "mobilen", "tlf", "phone")
SHORT_LABELS = frozenset("t m p f tl mb mo".split())  # only with a colon or a full stop after them
FILLERS = frozenset(
    """
    paa nr nummer nummeret number no at on til oss gjerne er is vaar vaart our us me meg mitt my his her hennes hans the
    direkte privat kontor kontoret jobb arbeid i dag naa eller or og and for in en prat chat to
    """.split()
)
REFERENCES = frozenset(
    """
    ip v ver kr nok sek dkk eur usd gbp kroner euro dollar loenn beloep sum sak saks saken saksnr saksnummer arkivsak
    arkivsaksnr arkivsaknr arkiv arkivref journal journalnr journalpost jnr ref refnr referanse referansenr
    referansenummer reference stillingsnr stillingsnummer stillingsid stillings annonse annonsenr annonsenummer annonseid
    annonsekode id idnr kode finnkode finn code koden job jobid jobnr jobbid jobbnr jobbnummer iso nsen ns en iec ean isbn
    issn gtin postboks boks pb pob pobox box postnr postnummer rom room gnr bnr snr fnr kl klokka klokken uke veke week
    uker veker konto kontonr kontonummer bankkonto iban orgnr org organisasjonsnr organisasjonsnummer
    organisasjonsnummeret orgnummer foretaksnr varenr varenummer artnr artikkel artikkelnr koordinater coordinates lat lon
    lng side sider versjon version serienr serienummer kundenr kundenummer kundeid prosjekt prosjektnr prosjektnummer
    prosjektid avtalenr avtale kontrakt kontraktsnr dato datert date frist fristen innen oppstart periode perioden aar
    aarene fra mellom between from str strl stoerrelse stoerrelser size reg regnr hpr hprnr ansattnr ansattnummer lot
    modell model type partinr ticket versjonsnr doc dok dokument dokumentnr dokumentnummer bestillingsnr ordrenr ordre
    order lisens lisensnr sertifikat sertifikatnr omsetning omsetter omsatte budsjett budsjettet verdi revenue turnover
    budget salary
    """.split()
)
REFERENCE_ENDS = ("nummer", "nr", "kode", "sak", "konto", "referanse", "ref")
GLUED_REFERENCES = frozenset("stilling stillinga stillingen position vacancy oppdrag tiltak post annonsa".split())
"""Words of reference numbers only before eight digits without spaces inside: "merkes stilling 93062217"."""
UNITS = frozenset(
    """
    kr nok sek dkk eur usd gbp kroner kroners euro dollar mill million millioner millionar mrd milliard milliarder
    milliardar prosent pst percent prosents m km cm mm moh mil km2 m2 m3 m² m³ km² kvm kvadratmeter sqm kvadrat square
    kubikk kubikkmeter dekar maal hektar kg kilo gram tonn tonnes tons liter l dl stk stykk timer time timar hours t min
    minutter aar aars years year dager dagar days uker weeks enheter enheiter einingar boliger bustader husstander
    husstandar hus homes plasser plassar places senger kwh mwh gwh twh kw mw gw watt volt v w hk bar db hz mhz ghz mb gb
    tb passasjerer passasjerar passengers pakker parcels ordrer aksjer shares trinn poeng points sider pages ord words
    linjer tegn besoek visninger treff foelgere followers medlemmer medlemer members mennesker menneske personer personar
    people persons sjeler barn elever elevar kunder kundar customers clients brukere brukarar users gjester guests
    besoekende besoekande visitors pasienter pasientar patients soekere fans ansatte tilsette employees staff medarbeidere
    medarbeidarar kollegaer studenter studentar students innbyggere innbyggjarar inhabitants residents citizens bedrifter
    butikker biler kjoeretoey skip fisk laks hoener dyr trær produkter varer products volum brutto netto bruttoareal pluss
    """.split()
)
UNIT_STARTS = (
    "innbygg",
    "student",
    "million",
    "milliard",
    "kvadrat",
    "kubikk",
    "prosent",
    "kroner",
    "ansatt",
    "tilsett",
    "medarbeid",
)
