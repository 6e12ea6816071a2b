"""Translations to bokmål, nynorsk and English: choice of language, complete catalogues, values of the feed."""

from __future__ import annotations

import datetime as dt
import re

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format, number_format
from lxml import html

from jobsearch.search import api as search
from jobsearch.search.facets import FACETS
from jobsearch.taxonomy import catalogue as feed
from jobsearch.taxonomy import labels as wording
from jobsearch.taxonomy import places
from jobsearch.vacancies.ad_data import OccupationData
from jobsearch.vacancies.models import Vacancy
from tests.web import catalogue
from tests.web.page import Page
from tests.web.words import list_texts

CURE = "Run python -m tests.web.catalogue, then translate what it names."
CODES = [code for code, _name in settings.LANGUAGES]


# --- Catalogues ---


def test_every_other_language_than_bokmal_has_catalogues():
    others = set(CODES) - {settings.LANGUAGE_CODE}
    assert {file.parents[1].name for file in catalogue.SITE} == others
    assert {file.parents[1].name for file in catalogue.ADMIN} >= others


@pytest.mark.parametrize("file", catalogue.CATALOGUES, ids=lambda file: str(file.relative_to(catalogue.ROOT)))
def test_catalogue_is_complete_and_has_no_stale_entry(file):
    known, wanted = catalogue.read(file), catalogue.texts(file)
    assert wanted - set(known) == set(), CURE
    assert set(known) - wanted == set(), CURE
    assert [entry.msgid for entry in known.values() if not entry.translated() or entry.fuzzy] == []


@pytest.mark.parametrize("file", catalogue.CATALOGUES, ids=lambda file: str(file.relative_to(catalogue.ROOT)))
def test_translations_have_the_placeholders_and_markup_of_the_source(file):
    held = re.compile(r"%\(\w+\)[sd]|%[sd]|<[^>]+>")
    for entry in catalogue.read(file).values():
        for text in [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]:
            assert sorted(held.findall(text)) == sorted(held.findall(entry.msgid)), entry.msgid
            # A str.format field may be missing: another language has no plural ending there.
            assert set(re.findall(r"{\w*}", text)) <= set(re.findall(r"{\w*}", entry.msgid)), entry.msgid
            assert text[:1].isspace() == entry.msgid[:1].isspace(), entry.msgid
            assert text[-1:].isspace() == entry.msgid[-1:].isspace(), entry.msgid


@pytest.mark.parametrize("file", catalogue.CATALOGUES, ids=lambda file: str(file.relative_to(catalogue.ROOT)))
def test_compiled_catalogue_equals_its_source(file):
    source = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.pofile(str(file)) if e.msgid}
    compiled = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.mofile(str(file.with_suffix(".mo"))) if e.msgid}
    assert compiled == source, CURE


@pytest.mark.parametrize("file", catalogue.CATALOGUES, ids=lambda file: str(file.relative_to(catalogue.ROOT)))
def test_catalogues_are_sorted_and_have_no_line_numbers(file):
    """Two branches that add texts then change different lines."""
    entries = list(polib.pofile(str(file)))
    keys = [(entry.msgid, entry.msgctxt or "") for entry in entries]
    assert keys == sorted(keys) and not any(entry.occurrences for entry in entries), CURE


def test_templates_have_no_untranslatable_text():
    names_of_css = {"colM", "dashboard"}
    for file in (catalogue.ROOT / "templates").rglob("*.html"):
        source = re.sub(r"(?s){% blocktranslate.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}|{#.*?#}", "", file.read_text())
        for text in list_texts(html.fromstring(f"<div>{source}</div>")):
            assert set(re.findall(r"[^\W\d_]{2,}", text)) <= names_of_css, file


def test_scripts_have_no_texts():
    """Texts that scripts show are in the page, where they are translated."""
    for file in [*(catalogue.ROOT / "static").rglob("*.js")]:
        code = re.sub(r"(?m)/\*.*?\*/|(^|\s)//.*$", "", file.read_text())
        sentences = [text for _mark, text in re.findall(r"([\"'`])((?:(?!\1)[^\\\n])*)\1", code) if re.search(r"[æøå]", text)]
        assert sentences == [], file


# --- Choice of language ---


FIRST_LANGUAGES = {
    "": "nb",
    "nb-NO,nb;q=0.9,no;q=0.8,nn;q=0.7,en-US;q=0.6": "nb",
    "nn-NO,nn;q=0.9,nb;q=0.8,en;q=0.5": "nn",
    "nn": "nn",
    "no,en;q=0.8": "nb",
    "no-NO,en;q=0.8": "nb",
    "en-GB,en;q=0.9": "en",
    "pl,en;q=0.8,nb;q=0.5": "en",
    "sv-SE,sv;q=0.9": "nb",
    "*": "nb",
    "x" * 3000: "nb",
}
"""The header Accept-Language -> the language of the first page."""


def test_first_language_is_from_accept_language(ads):
    ads()
    for asked, given in FIRST_LANGUAGES.items():
        response = Client().get("/", headers={"accept-language": asked} if asked else {})
        assert Page(response).one("//html").get("lang") == given, asked
        assert "Accept-Language" in response["Vary"], asked


@pytest.mark.parametrize("code", CODES)
def test_language_switch_names_languages_in_themselves(client, ads, code):
    ads()
    page = Page(client.get("/?q=sykepleier", headers={"accept-language": code}))
    form = page.one("//form[@class='languages']")
    current = page.one("//form[@class='languages']/*[@aria-current]")
    assert (current.tag, current.get("lang"), current.text) == ("span", code, dict(settings.LANGUAGES)[code])
    offered = {button.get("value"): (button.get("lang"), button.text) for button in form.findall("button")}
    assert offered == {other: (other, name) for other, name in settings.LANGUAGES if other != code}


@pytest.mark.parametrize("code", CODES)
def test_language_switch_returns_to_the_page_and_search(client, ads, code):
    ads()
    address = "/?q=sykepleier&place=VESTLAND&sort=deadline"
    target = Page(client.get(address)).one("//form[@class='languages']//input[@name='next']").get("value")
    response = client.post("/sprak/", {"language": code, "next": target})
    assert response.url == address
    assert client.cookies["django_language"]["max-age"] >= 30 * 86_400
    page = Page(client.get(address, headers={"accept-language": "pl"}))
    assert page.one("//html").get("lang") == code
    assert page.one("//input[@id='q']").get("value") == "sykepleier"


@pytest.mark.parametrize(
    ("address", "data", "back"),
    [
        ("/logg-inn/?next=/om/", {"username": "x", "password": "y"}, "/logg-inn/?next=/om/"),
        ("/lagrede-sok/lagre/", {"query": "q=lege", "name": ""}, "/lagrede-sok/lagre/?query=q%3Dlege"),
    ],
)
def test_language_switch_returns_to_a_rejected_form(client, recruiter, address, data, back):
    if address.startswith("/lagrede-sok"):
        client.force_login(recruiter)
    page = Page(client.post(address, data))
    assert page.one("//form[@class='languages']//input[@name='next']").get("value") == back
    again = client.get(back, headers={"accept-language": "en"})
    assert again.status_code == 200 and Page(again).all("//main//form[@method='post']")


def test_language_switch_does_not_redirect_to_other_sites(client, db):
    assert "evil" not in client.post("/sprak/", {"language": "nb", "next": "https://evil.example/"}).url
    assert client.post("/sprak/", {"language": "tlh", "next": "/om/"}).url == "/om/"
    assert "django_language" not in client.cookies or client.cookies["django_language"].value != "tlh"


# --- The feed's values ---


@pytest.mark.parametrize("code", ["nn", "en"])
def test_every_value_of_the_feed_is_translated(code):
    level2 = {name for names in feed.OCCUPATIONS.values() for name in names}
    lists = {*feed.OCCUPATIONS, *level2, *feed.SECTORS, *feed.EXTENTS, *feed.ENGAGEMENTS, *feed.COUNTRIES, feed.NOT_STATED}
    assert lists <= wording.VALUES
    entries = catalogue.read(next(file for file in catalogue.SITE if file.parents[1].name == code))
    assert {value for value in lists if not entries[catalogue.Text(value)].translated()} == set()


@pytest.mark.parametrize(
    ("facet", "value", "nb", "nn", "en"),
    [
        ("engagement", "Fast", "Fast", "Fast", "Permanent"),
        ("extent", "Heltid", "Heltid", "Heiltid", "Full-time"),
        ("sector", "Ikke oppgitt", "Ikke oppgitt", "Ikkje oppgitt", "Not stated"),
        ("place", "UTLAND", "Utland", "Utlandet", "Abroad"),
        ("place", "UTLAND/SVERIGE", "Sverige", "Sverige", "Sweden"),
        ("place", "UTLAND/USA", "USA", "USA", "USA"),
        ("place", "UTLAND/ATLANTIS", "Atlantis", "Atlantis", "Atlantis"),
        ("place", "MØRE OG ROMSDAL", "Møre og Romsdal", "Møre og Romsdal", "Møre og Romsdal"),
        ("place", "ROGALAND/TIME", "Time", "Time", "Time"),  # also in Django's catalogue, for a time of day
        ("occupation", "Helse og sosial/Sykepleier", "Sykepleier", "Sjukepleiar", "Nurses"),
        ("occupation", "Helse og sosial/Drage", "Drage", "Drage", "Drage"),
        ("engagement", "Home", "Home", "Home", "Home"),  # in Django's catalogue, but not a value of the feed
    ],
)
def test_values_are_shown_in_the_language_of_the_page(facet, value, nb, nn, en):
    for code, words in (("nb", nb), ("nn", nn), ("en", en)):
        with translation.override(code):
            assert FACETS[facet].label_value(value) == words


def test_names_of_norwegian_places_are_not_translated():
    names = {places.get_label(name) for county, inside in feed.COUNTIES.items() for name in (county, *inside)}
    assert names & wording.VALUES == set()


@pytest.mark.parametrize("code", CODES)
def test_occupations_are_sorted_by_translated_name(client, ads, code):
    ads(
        *(
            {"occupations": tuple(OccupationData(level1, name) for name in feed.OCCUPATIONS[level1])}
            for level1 in feed.OCCUPATIONS
        )
    )
    page = Page(client.get("/?occupation=Reiseliv+og+mat", headers={"accept-language": code}))
    parts = [_bare(label) for label in page.all("//ul[@id='f-occupation']//fieldset//label")]
    assert parts == sorted(parts, key=wording.build_sort_key) and len(parts) == 4
    with translation.override(code):
        found = FACETS["occupation"].list_choices(dict.fromkeys(feed.OCCUPATIONS, 1), search.SearchQuery())
    labels = [choice.label for choice in found]
    assert len(labels) == 14 and found[-1].value.startswith("Uoppgitt")
    assert labels[:-1] == sorted(labels[:-1], key=wording.build_sort_key)


def test_norwegian_letters_sort_after_z():
    names = ["Ås", "Áltá", "Øyer", "Zürich", "Ærø", "Alta", "Os (Innlandet)", "Ælvdal", "A\u030as"]
    assert sorted(names, key=wording.build_sort_key)[0] in {"Alta", "Áltá"}
    assert [name[0] for name in sorted(set(names) - {"Áltá", "A\u030as"}, key=wording.build_sort_key)] == list("AOZÆÆØÅ")
    assert wording.build_sort_key("A\u030as") == wording.build_sort_key("Ås")


def _bare(label) -> str:
    return re.sub(r"\s*\(.*?\)\s*$", "", label.text_content()).strip()


def test_employer_texts_have_the_lang_of_the_ad(client, ads):
    english = "<p>We are looking for you. You will work with our team and have a good time. Apply if you can join us.</p>"
    words = {"application_due_text": "When we have found you", "start_text": "As agreed with us", "job_title": "Kokk <sjef>"}
    one, other = ads(*({"title": "Cook", "description": english, "employer_orgnr": "999888777"} for _ in range(2)))
    Vacancy.objects.update(application_due=None, **words)
    page = Page(client.get(f"/stilling/{one}/"))
    marked = {span.text_content(): span.get("lang") for span in page.all("//dl[@class='facts']//span[@lang]")}
    assert marked == dict.fromkeys(words.values(), "en") | {"Kokk <sjef>": "no"}, "occupations are named in Norwegian"
    for where in ("//p[@class='ad-due']", f"//div[@class='others']//li[a[@href='/stilling/{other}/']]"):
        (deadline,) = page.all(f"{where}//span[@lang]")
        assert (deadline.text, deadline.get("lang")) == ("When we have found you", "en")


# --- Dates and numbers ---


@pytest.mark.parametrize(
    ("code", "number", "date"),
    [
        ("nb", "10\xa0312,5", "28. november 2026"),
        ("nn", "10\xa0312,5", "28. november 2026"),
        ("en", "10,312.5", "28 November 2026"),
    ],
)
def test_numbers_and_dates_have_the_format_of_the_language(code, number, date):
    evening = dt.datetime(2026, 11, 28, 20, 15, tzinfo=dt.UTC)
    with translation.override(code):
        assert number_format(10312.5, force_grouping=True) == number
        assert date_format(evening) == date
        assert date_format(evening, "DATETIME_FORMAT") == f"{date} 20:15"
