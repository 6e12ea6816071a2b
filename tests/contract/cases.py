"""Matching cases: (query, keys of ads that it has to find, keys of ads that it must not find)."""

from __future__ import annotations

NURSES = "nurse nurses nurse-nn special-nurse"
CASES: list[tuple[str, str, str]] = []


def group(queries: str, finds: str, misses: str = "") -> None:
    CASES.extend((query.strip(), finds, misses) for query in queries.split("/"))


# Inflection: every form of a word finds every other form, in bokmål and nynorsk.
group("sykepleier/sykepleiere/sykepleieren/sykepleierne/Sykepleiers", NURSES, "carer doctor")
group("sjukepleiar/sjukepleiarar/sjukepleiaren/sjukepleiarane", NURSES, "carer doctor")
group("jordmor/jordmødre/jordmødrene/jordmoren/jordmora", "midwife midwives", "nurse")
group("lege/leger/legen/legene/legar/lækjar", "doctor doctors", "dentist nurse")
group("overlege/overlegene", "doctors", "doctor dentist")
group("tannlege/tannleger/tannlækjar", "dentist", "doctor doctors")
group("helsefagarbeider/helsefagarbeidere/helsefagarbeiderne/helsefagarbeidarane", "carer carers", "nurse")
group("lærer/lærere/læreren/lærerne/lærar/lærarane", "teacher teachers kindergarten", "learner")
group("barnehagelærer/barnehagelærarar/barnehagelærere", "kindergarten", "teacher learner")
group("leder/ledere/lederen/leiar/leiarar", "leader leader-nn phrase", "leads")
group("selger/selgere/seljar/seljarar", "seller seller-nn", "sells")
group("utvikler/utviklere/utvikleren/utviklarar", "developer developer-oslo developer-nn cpp csharp fsharp c", "nurse")
group("rørlegger/rørleggere/røyrleggjar/røyrleggjarane", "plumber plumber-nn", "carpenter")
group("elektriker/elektrikere/elektrikeren/elektrikar", "electrician", "plumber")
group("kokk/kokker/kokken/kokkar", "cook", "waiter")
group("servitør/servitører/servitøren/servitørane", "waiter", "cook")
group("renholder/renholdere/reinhaldar/reinhaldarar", "cleaner-nn", "cleaning")
group("ingeniør/ingeniøren/ingeniørar/ingeniørene", "engineer", "developer")
group("rådgiver/rådgivere/rådgjevar/rådgjevarane", "adviser adviser-nn", "case-worker")
group("saksbehandler/saksbehandlere/sakshandsamar/sakshandsamarar", "case-worker", "adviser")
group("tømrer/tømreren/tømrerne/tømrarar", "carpenter", "plumber")
group("forsker/forskere/forskaren", "research", "nurse")
group("vikar/vikaren/vikarar", "substitute", "nurse")
group("psykolog/psykologer/psykologar", "psychologist", "doctor")
group("developer/developers", "english-dev developer-oslo developer cpp", "nurse")
group("grunnskole/grunnskolen/grunnskule", "teachers teacher", "kindergarten")

# Compounds, both ways.
group("butikkmedarbeider/butikk medarbeider/butikkmedarbeidere/butikk-medarbeider", "shop shop-split", "shop-manager seller")
group("bussjåfør/buss sjåfør/bussjåfører", "driver driver-split", "warehouse")
group("sjåfør/sjåførar", "driver driver-split", "warehouse")
group("medarbeider", "shop shop-split leads warehouse cleaning", "nurse")
group("butikk", "shop shop-split shop-manager seller-nn", "seller")
group("sjef", "shop-manager", "shop")
group("barnehage", "kindergarten", "teacher")
group("systemutvikler/system utvikler", "developer-nn", "developer")
group("lagermedarbeider", "warehouse", "makes")
group("prosjektleder", "phrase", "leader")

# Foreign keyboards.
group("larer/larere/laerer", "teacher teachers kindergarten", "learner")
group("sjafor/sjaforer/sjaafør/sjåfoer", "driver driver-split", "nurse")
group("radgiver/radgivere", "adviser adviser-nn", "case-worker")
group("rorlegger/roerlegger", "plumber plumber-nn", "painter")
group("tromso/tromsø/Tromsoe/TROMSÖ", "psychologist plumber cleaner-nn", "carers")
group("alesund/Aalesund", "midwife", "midwives")
group("tomrer", "carpenter", "plumber")
group("jordmodre", "midwives", "nurse")

# Tokens.
group("C++/c++", "cpp", "csharp fsharp c")
group("C#/c#", "csharp", "cpp fsharp c")
group("F#", "fsharp", "csharp cpp")
group(".NET/.net", "csharp", "cpp it-consultant")
group("c++ utvikler/C++-utvikler", "cpp", "csharp c developer")
group("IT/it", "it-consultant it-body developer", "english")
group("IT-konsulent/it konsulent", "it-consultant", "it-body abroad")

# Phrases, minus, prefix, OR.
group('"digital innovasjon"/"DIGITAL innovasjon/«digital innovasjon»', "phrase", "phrase-apart")
group('"fleksibel arbeidstid"', "phrase", "phrase-apart")
group("fleksibel arbeidstid", "phrase phrase-apart", "leader")
group('"sykepleiere til nattevakt"', "nurses", "nurse")
group('"sykepleier"', "nurse", "nurse-nn")
group("sykepleier -nattevakt", "nurse nurse-nn special-nurse", "nurses")
group('sykepleier -"til nattevakt"', "nurse nurse-nn special-nurse", "nurses")
group("utvikler -oslo", "developer developer-nn cpp c", "developer-oslo csharp fsharp")
group("-sykepleier", "doctor teacher cook", NURSES)
group("sykepl*/SYKEPL*", "nurse nurses", "doctor")
group("butikk*", "shop shop-split shop-manager", "cook")
group("kokk OR servitør/kokk ELLER servitør/kokk | servitør", "cook waiter", "sells")
group("kokk OR servitør bergen", "cook", "waiter sells")
group("kokk or servitør/kokk eller servitør/kokk, servitør", "cook waiter", "sells")
group("kokk eller servitør bergen/servitør, kokk i Bergen", "cook", "waiter sells")
group("sykepleier bergen eller oslo/sykepleier i Oslo, Bergen", "nurse nurses", "nurse-nn special-nurse")
group("kokk, bergen/bergen, kokk", "cook", "nurse")

# Lists without OR: two places or two occupations are alternatives.
group("sykepleier oslo og bergen/sykepleier i Bergen og Oslo/sykepleier bergen, oslo", "nurse nurses", "nurse-nn special-nurse")
CASES += [
    ("sykepleier oslo/bergen", "nurse nurses", "nurse-nn special-nurse"),
    ("sykepleier oslo / bergen", "nurse nurses", "nurse-nn special-nurse"),
    ("sykepleier Bergen, Oslo og Trondheim", "nurse nurses special-nurse", "nurse-nn"),
    ("sykepleier oslo & bergen", "nurse nurses", "nurse-nn special-nurse"),
    ("jordmor vestfold/møre og romsdal", "midwife midwives", "nurse"),
    ("jordmor møre og romsdal og vestfold", "midwife midwives", "nurse"),
    ("jordmor sørlandet/vestfold", "midwives", "midwife"),
]
group("kokk og servitør/servitør og kokk", "cook waiter", "sells")
group("jordmor møre og romsdal", "midwife", "midwives")
# Without a mark between them too; but words of one title, and places of which one lies in the other, have to match together.
group("sykepleier oslo bergen/bergen sykepleier oslo/nurse Oslo Bergen", "nurse nurses", "nurse-nn special-nurse")
group("sykepleier Bergen Oslo Trondheim", "nurse nurses special-nurse", "nurse-nn")
group("kokk servitør/servitør kokk", "cook waiter cook-waiter", "sells")
group("kokk bergen servitør arendal", "cook waiter", "cook-waiter")
group("doctor nurse bergen", "doctor nurse", "doctors nurses")
group("assistent barnehage/barnehage assistent", "assistant", "teacher kindergarten")
group("sveiser sandvika bærum/sveiser, sandvika, bærum", "welder", "engineer")
group("sykepleier bergen vestland", "nurse", "nurse-nn nurses")
group("sykepleier bergen vestland oslo", "nurse nurses", "nurse-nn")
group("oslo kommune bergen", "", "nurses nurse")

# "uten" before the name of a facet value excludes it; but not before the name of a group of occupations.
group("utvikler uten oslo", "developer", "developer-oslo")
group(
    "jobb uten utdanning/stilling utan utdanning/job without utdanning",
    "ramp-open",
    "teacher kindergarten learner ramp ramp-strict",
)
# "uten" before a requirement: not the ads that demand it; with no word for the job, only those that say that it is not needed.
group("rampearbeider uten erfaring/rampearbeider, ingen erfaring nødvendig", "ramp-open ramp", "ramp-strict")
group("rampearbeider without experience/no experience rampearbeider", "ramp-open ramp", "ramp-strict")
group("rampearbeider utan utdanning/rampearbeider uten fagbrev/ufaglært rampearbeider", "ramp-open ramp", "ramp-strict")
group("rampearbeider uten krav til utdanning og erfaring/rampearbeider no degree required", "ramp-open ramp", "ramp-strict")
group(
    "jobb oslo uten erfaring/jobb der erfaring ikke er nødvendig/work without experience", "ramp-open", "ramp ramp-strict nurses"
)
group("sykepleier uten helg/sykepleier uten turnus", "nurse", "nurses")

# Words of negation exclude what follows them, as a minus does.
group("sykepleier ikke nattevakt/sykepleier unntatt nattevakt/nurse NOT nattevakt", "nurse special-nurse", "nurses")
group('sykepleier men ikke "til nattevakt"', "nurse nurse-nn special-nurse", "nurses")
group("utvikler ikke i oslo/utvikler unntatt Oslo/developer except Oslo", "developer cpp c", "developer-oslo csharp fsharp")
group("ikke sykepleier", "doctor teacher cook", NURSES)
group("jordmor ikke møre og romsdal/jordmor bortsett fra Møre og Romsdal", "midwives", "midwife")
group("ikke hjemmekontor", "remote-denied", "remote nowhere")
group("kokk, ikke kokk eller servitør", "", "cook waiter")
group("sykepleier ikke Oslo, Bergen/sykepleier ikke i Oslo eller i Bergen", "nurse-nn special-nurse", "nurse nurses")

# A negated word is found last. A quoted phrase also matches in a negation.
group("hjemmekontor", "nowhere remote remote-denied", "leads")
group('"ikke fast hjemmekontor"', "remote-denied", "remote nowhere")

# Across fields, places, fillers.
group("sykepleier bergen/bergen sykepleier/Sykepleier Bergen", "nurse", "nurses nurse-nn")
group("ledige stillinger i Bergen/jobb bergen/jobber i bergen", "nurse doctor shop cook", "nurses seller berg")
group("søker jobb som kokk/jobb som kokk", "cook", "waiter")
group("utvikler trondheim", "developer c", "developer-oslo developer-nn")
group("berg", "berg", "nurse cook")
group("bergen", "nurse cook", "berg")
group("hamar", "nowhere", "nurse")
group("møre og romsdal", "midwife", "midwives")
group("kiwi/Kiwi Nesttun", "shop", "shop-split")
group("voss lærer", "teachers", "carer teacher")
group("spania", "abroad", "nowhere")
group("salgskonsulent", "seller", "sells")
group("helse bergen", "doctor", "nurses")

# Synonyms: everyday words, other languages, abbreviations. Not in quotes, and not after a minus.
group("nurse/Nurses/sjuksköterska/Krankenschwester/pielęgniarka/медсестра", NURSES.replace("special-nurse", ""), "doctor carer")
group("doktor/läkare/Arzt", "doctor doctors", "dentist")
group("dyrlege", "", "doctor dentist")
group("carpenter/snickare/cieśla", "carpenter", "plumber painter")
group("software developer/programmerer/programista", "developer developer-oslo cpp", "english nurse")
group("kindergarten teacher/kindergarten teachers", "kindergarten", "teacher")
group("bus driver/busschaufför", "driver driver-split", "warehouse")
group("cleaner tromsø/sprzątaczka tromsø", "cleaner-nn", "cleaning")
group('"nurse"/"kindergarten teacher"', "", "nurse kindergarten")
group("utvikler -developer", "developer developer-oslo", "nurse")
group("HUS", "doctor nurse", "doctors")
group("kelner OR snickare", "waiter carpenter", "cook")

# Place names in all variants, public bodies, words ending in job.
group("psykolog nord-norge/psykolog nordnorge/rørlegger nord norge", "", "plumber-nn doctor")
group("psykolog nord-norge", "psychologist", "doctor")
group("jordmor vestlandet/jordmor møre og romsdal/jordmor sunnmøre", "midwife", "midwives")
group("sykepleier oslo og omegn", "nurses", "nurse nurse-nn")
group("sveiser sandvika", "welder", "engineer")
group("sandvika", "welder", "nurse adviser")
group("mo i rana", "both", "nurse")
group("voss herad", "carer teachers", "seller-nn")
group("bodø kommune", "carers", "doctors painter")
group("kokkejobb/kokkestilling", "cook", "waiter")

# Titles as they are written: shared endings, abbreviations, slashes.
group("barnearbeider/ungdomsarbeider", "both", "teacher")
group("barnehageassistent/barnehage assistent", "assistant", "teacher")
group("avdelingsleder/avd.leder/avd. leder", "leader head", "leads")
group("kjøkkenassistent/kjøkkenass/kjøkkenass.", "head", "cook")
CASES += [("rørlegger/tømrer", "plumber carpenter", "painter"), ("sveiser/platearbeider", "welder", "plumber")]
group("transport og lager", "warehouse driver", "makes")

# Ads that must not be found, in date order either.
group("kokk", "cook", "sells teacher")
group("lege bergen", "doctor", "doctors nurse")
group("Python/Linux/turnus", "", "teacher cook")
group("python utvikler", "developer", "developer-oslo")
group("lære", "learner", "teacher teachers kindergarten")
group("lede", "leads", "leader leader-nn")
group("selge", "sells", "seller seller-nn")
group("maler/malere", "painter", "surveyor")
group("måler", "surveyor", "painter")
group("lager", "warehouse", "shop makes")
group("bibliotekar", "librarian", "library")
group("renhold", "cleaning cleaner-nn", "nurse")
group("xqzzyw/asdfgh/???/🦄", "", "nurse teacher cook")
group("sykepleier xqzzyw", "", NURSES)
group("Ragnfrid/Uthaug/22334455/ragnfrid uthaug", "", "nurse teacher cook")
