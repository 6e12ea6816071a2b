"""The ads of the contract suite, each written for a certain case. Tests refer to them by their keys."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData, OccupationData, VacancyData

SPACE = uuid.UUID("5f0e7a52-6c52-4c8e-9d1b-0a3c5d7e9f11")
HEALTH, TEACHING = "Helse og sosial", "Utdanning"
SALES, IT, OFFICE = "Salg og service", "IT", "Kontor og økonomi"
BERGEN, OSLO, TRONDHEIM = ("VESTLAND", "BERGEN"), ("OSLO", "OSLO"), ("TRØNDELAG", "TRONDHEIM")
AS, TROMSO, BODO = ("AKERSHUS", "ÅS"), ("TROMS", "TROMSØ"), ("NORDLAND", "BODØ")

# key: (title, employer, place, level 1, level 2, body)
_ROWS: dict[str, tuple[str, str, tuple[str, str] | None, str, str, str]] = {
    "nurse": ("Sykepleier", "Haukeland universitetssjukehus", BERGEN, HEALTH, "Sykepleier", "Vi har det fint på natt."),
    "nurses": ("Sykepleiere til nattevakt", "Oslo kommune", OSLO, HEALTH, "Sykepleier", "Turnus hver tredje helg."),
    "nurse-nn": ("Sjukepleiarar", "Helse Førde", ("VESTLAND", "SUNNFJORD"), HEALTH, "", "Me søkjer deg som er trygg."),
    "special-nurse": ("Spesialsykepleierne våre", "St. Olavs hospital", TRONDHEIM, HEALTH, "", "Intensiv."),
    "midwife": ("Jordmor", "Ålesund kommune", ("MØRE OG ROMSDAL", "ÅLESUND"), HEALTH, "", "Fødeavdelingen."),
    "midwives": ("Erfarne jordmødre", "Sykehuset i Vestfold", ("VESTFOLD", "TØNSBERG"), HEALTH, "", "Føde og barsel."),
    "doctor": ("Lege i spesialisering", "Helse Bergen", BERGEN, HEALTH, "Lege", "Legen har ansvar for utredning."),
    "doctors": ("Overleger", "Nordlandssykehuset", BODO, HEALTH, "Lege", "Stor avdeling."),
    "dentist": ("Tannlege", "Tannhelsetjenesten", OSLO, HEALTH, "Tannhelse/-pleie", "Behandling av barn."),
    "carer": ("Helsefagarbeidar", "Voss herad", ("VESTLAND", "VOSS"), HEALTH, "Helsefagarbeider", "Heimetenesta."),
    "carers": ("Helsefagarbeidere", "Bodø kommune", BODO, HEALTH, "Helsefagarbeider", "Sykehjem."),
    "psychologist": ("Psykologspesialist", "DPS Nord", TROMSO, HEALTH, "Psykolog", "Psykologene samarbeider."),
    "teacher": ("Lærer", "Åsgård skole", AS, TEACHING, "Grunnskole", "Ditt fag er norsk."),
    "teachers": ("Lærarar i grunnskulen", "Voss herad", ("VESTLAND", "VOSS"), TEACHING, "Grunnskole", "Me treng deg."),
    "kindergarten": ("Barnehagelærer", "Solsikken barnehage", TRONDHEIM, TEACHING, "Barnehagelærer", "Små barn."),
    "learner": ("Kundeservice", "Telefonen AS", OSLO, SALES, "", "Du må ha lyst til å lære nye systemer."),
    "leader": ("Avdelingsleder", "Byggmakker", OSLO, OFFICE, "", "Ansvar for drift."),
    "leader-nn": ("Leiar for teneste", "Stord kommune", ("VESTLAND", "STORD"), OFFICE, "", "Du får mykje ansvar."),
    "leads": ("Kontormedarbeider", "Kontoret", OSLO, OFFICE, "", "Du skal lede an i fellesskapet."),
    "developer": ("Programvareutvikler", "Kodehuset", TRONDHEIM, IT, "Utvikling", "Python og Django."),
    "developer-oslo": ("Utvikler", "Bank AS", OSLO, IT, "Utvikling", "Kontor i Oslo, kunder også i Trondheim."),
    "developer-nn": ("Systemutviklarar", "Skatteetaten", BERGEN, IT, "Utvikling", "Store system."),
    "cpp": ("C++-utvikler", "Spillstudio", BERGEN, IT, "Utvikling", "Moderne C++ på Linux."),
    "csharp": ("C#/.NET-utvikler", "Konsulenthuset", OSLO, IT, "Utvikling", "ASP.NET og Azure."),
    "fsharp": ("Utvikler F#", "Funksjonell AS", OSLO, IT, "Utvikling", "Typer."),
    "c": ("Embedded-utvikler i C", "Chip AS", TRONDHEIM, IT, "Utvikling", "Mikrokontrollere."),
    "it-consultant": ("IT-konsulent", "Hjelp AS", BERGEN, IT, "Drift, vedlikehold", "Drift av nettverk."),
    "it-body": ("Driftsansvarlig", "Hjelp AS", BERGEN, OFFICE, "", "Erfaring med IT er en fordel."),
    "english": ("Warehouse operator", "Logistics Ltd", OSLO, "Transport og lager", "", "We like it here. You will love it."),
    "english-dev": ("Senior backend developers", "Startup", OSLO, IT, "", "You write good code."),
    "shop": ("Butikkmedarbeider", "Kiwi Nesttun", BERGEN, SALES, "", "Kasse og varer."),
    "shop-split": ("Butikk medarbeider søkes", "Rema 1000", OSLO, SALES, "", "Hyggelig team."),
    "shop-manager": ("Butikksjef", "Joker", ("FINNMARK", "ALTA"), SALES, "", "Resultatansvar."),
    "seller": ("Selger", "Elkjøp", OSLO, SALES, "", "Provisjon."),
    "seller-nn": ("Seljar i butikk", "Sport 1", ("VESTLAND", "VOSS"), SALES, "", "Du likar folk."),
    "sells": ("Barista", "Kaffebaren", BERGEN, "Reiseliv og mat", "", "Du skal selge kaffe og smile."),
    "driver": ("Bussjåfør", "Tide", BERGEN, "Transport og lager", "", "Førerkort klasse D."),
    "driver-split": ("Buss sjåfør", "Vy", TRONDHEIM, "Transport og lager", "", "Rute i byen."),
    "warehouse": ("Lagermedarbeider", "Varelageret", OSLO, "Transport og lager", "", "Truck på lager."),
    "makes": ("Møbelproduksjon", "Stolfabrikken", OSLO, "Industri og produksjon", "", "Vi lager stoler for hånd."),
    "painter": ("Maler", "Fargerik", BODO, "Håndverkere", "Maler", "Inne og ute."),
    "surveyor": ("Måler og kontrollør", "Kartverket", ("BUSKERUD", "RINGERIKE"), "Bygg og anlegg", "", "Målinger ute."),
    "carpenter": ("Tømrere", "Bygg AS", TRONDHEIM, "Håndverkere", "Tømrer og snekker", "Trehus."),
    "plumber": ("Rørlegger", "VVS", TROMSO, "Håndverkere", "Rørlegger", "Bad."),
    "plumber-nn": ("Røyrleggjar", "Bad og Varme", ("VESTLAND", "STORD"), "Håndverkere", "Rørlegger", "Bad."),
    "electrician": ("Elektrikarar", "Elektro Vest", BERGEN, "Håndverkere", "Elektriker/elektro", "Nybygg."),
    "cook": ("Kokk", "Hotell Norge", BERGEN, "Reiseliv og mat", "Kokk", "Kokken lager alt fra bunnen."),
    "waiter": ("Servitører til sommeren", "Kroa", ("AGDER", "ARENDAL"), "Reiseliv og mat", "Restaurant", "Sesong."),
    "cleaner-nn": ("Reinhaldar", "ISS", TROMSO, SALES, "", "Reine rom."),
    "cleaning": ("Servicemedarbeider", "Rent AS", OSLO, SALES, "", "Daglig renhold av kontorer."),
    "engineer": ("Ingeniører bygg", "Rambøll", OSLO, "Bygg og anlegg", "Ingeniør bygg", "Prosjekter."),
    "adviser": ("Rådgiver", "NAV Ås", AS, OFFICE, "", "Oppfølging."),
    "adviser-nn": ("Seniorrådgjevar", "Vestland fylkeskommune", BERGEN, OFFICE, "", "Analyse."),
    "case-worker": ("Sakshandsamar", "Statsforvaltaren", ("VESTLAND", "SUNNFJORD"), OFFICE, "", "Jus."),
    "librarian": ("Bibliotekar", "Deichman", OSLO, "Kultur og kreative yrker", "", "Formidling."),
    "library": ("Vakt", "Securitas", OSLO, "Sikkerhet og beredskap", "", "Vakthold ved et bibliotek."),
    "substitute": ("Vikarer ønskes", "Adecco", OSLO, OFFICE, "", "Kort varsel."),
    "berg": ("Fjellsprenger", "Anlegg", ("INNLANDET", "LOM"), "Bygg og anlegg", "", "Arbeid i berg."),
    "abroad": ("Kundekonsulent", "Callcenter", None, SALES, "", "Jobb i sola."),
    "nowhere": ("Hjemmekontor", "Fjern AS", None, OFFICE, "", "Hele landet, men gjerne nær Hamar."),
    "phrase": ("Prosjektleder digital innovasjon", "Fremtiden", OSLO, OFFICE, "", "Vi tilbyr fleksibel arbeidstid."),
    "phrase-apart": ("Leder av prosjekt", "Fremtiden", OSLO, OFFICE, "", "Fleksibel hverdag. Ordnet arbeidstid."),
    "welder": ("Sveiser/platearbeider", "Verkstedet AS", ("AKERSHUS", "BÆRUM"), "Industri og produksjon", "", "Nær Sandvika."),
    "both": ("Barne- og ungdomsarbeider", "Lekeplassen", ("NORDLAND", "RANA"), TEACHING, "", "Base i Mo."),
    "assistant": ("Assistent i barnehage", "Oslo kommune", OSLO, TEACHING, "Barnehage- og skolefritidsassistenter", "Lek."),
    "head": ("Avd.leder og kjøkkenass.", "Gran kommune", ("INNLANDET", "GRAN"), OFFICE, "", "Drift."),
    "shoes": ("Vi åpner snart", "Hælen AS", ("BUSKERUD", "DRAMMEN"), OFFICE, "", "Er du skomaker? Da vil vi høre fra deg."),
    "remote": ("Kundebehandler", "Forsikring AS", ("AGDER", "ARENDAL"), OFFICE, "", "Vi tilbyr hjemmekontor og nattog."),
    "remote-denied": ("Regnskapskontrollør", "Tall AS", ("AGDER", "ARENDAL"), OFFICE, "", "Det er ikke fast hjemmekontor."),
    "ramp-open": (
        "Rampearbeider",
        "Fly AS",
        OSLO,
        "Transport og lager",
        "",
        "Erfaring er ikke nødvendig. Ingen krav til utdanning.",
    ),
    "ramp": ("Rampearbeider på kveld", "Fly AS", OSLO, "Transport og lager", "", "Lasting av fly."),
    "ramp-strict": (
        "Rampearbeider med ansvar",
        "Fly AS",
        OSLO,
        "Transport og lager",
        "",
        "Fagbrev og minst to års erfaring kreves.",
    ),
    "cook-waiter": ("Kokk/servitør", "Fjellstua", ("INNLANDET", "LOM"), "Reiseliv og mat", "Kokk", "To yrker, en stilling."),
    "research": ("Forskere i marin økologi", "Havforskningsinstituttet", BERGEN, "Natur og miljø", "", "Tokt."),
}

KEYS = {key: uuid.uuid5(SPACE, key) for key in _ROWS}
NAMES = {value: key for key, value in KEYS.items()}


def corpus(now: dt.datetime) -> list[VacancyData]:
    """The ads, published an hour apart, the first one the newest."""
    found = []
    today = timezone.localtime(now).date()
    for position, (key, (title, employer, place, level1, level2, body)) in enumerate(_ROWS.items()):
        locations = (LocationData("NORGE", *place, city=place[1]),) if place else ()
        if key == "abroad":
            locations = (LocationData("SPANIA"),)
        categories: tuple[CategoryData, ...] = ()
        if key == "seller":
            categories = (CategoryData("ESCO", "x", "salgskonsulent"), CategoryData("JANZZ", "1", "Verkäufer"))
        found.append(
            VacancyData(
                uuid=KEYS[key],
                title=title,
                employer_name=employer,
                description=f"<p>{body}</p><p>Ring Ragnfrid Uthaug på 22 33 44 55 eller ragnfrid@uthaug.example</p>",
                published=now - dt.timedelta(hours=position + 1),
                expires=now + dt.timedelta(days=20),
                application_due=f"{today + dt.timedelta(days=position % 9):%d.%m.%Y}" if position % 4 else "Snarest",
                locations=locations,
                occupations=(OccupationData(level1, level2),),
                categories=categories,
                contacts=(ContactData("Ragnfrid Uthaug", "ragnfrid@uthaug.example", "22 33 44 55"),),
                sector=("Privat", "Offentlig", "")[position % 3],
                extent=("Heltid", "Deltid")[position % 2],
                engagement=("Fast", "Vikariat", "", "Sesong")[position % 4],
                raw={"key": key},
            )
        )
    return found
