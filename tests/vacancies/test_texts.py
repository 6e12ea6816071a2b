"""Text from outside: what of it is shown, what of it reaches an engine."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobsearch.vacancies import deadlines, html, language, links, privacy
from jobsearch.vacancies.data import ContactData

KARI = ContactData(name="Kari Nordmann", email="kari.nordmann@bergen.example", phone="950 27 028")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" jav&#x09;ascript:alert(1)">x</a>',
        '<p style="position:fixed" onclick="x()">x</p>',
        "<svg><script>alert(1)</script></svg>",
        "<iframe src=//evil.example></iframe>",
        '<form action="//evil.example"><input name=q></form>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    ],
)
def test_nothing_that_acts_survives_sanitising(hostile):
    clean = html.sanitise(f"<p>Før</p>{hostile}<p>etter</p>")
    for mark in ("script", "onerror", "onclick", "style", "iframe", "form", "<svg", "data:", "evil"):
        assert mark not in clean.lower()
    assert "Før" in clean


@given(st.text())
def test_sanitising_any_text_ends_in_text_that_stays_as_it_is(value):
    once = html.sanitise(value)
    assert html.sanitise(once) == once
    assert "<script" not in once.lower()


@given(st.text())
def test_any_text_has_a_plain_text(value):
    assert "\n\n" not in html.to_text(value)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>en</p><p>to</p>", "en\nto"),
        ("<ul><li><p>en</p></li><li>to<ul><li>tre</li></ul></li></ul>", "en\nto\ntre"),
        ("en<br>to<br/>tre", "en\nto\ntre"),
        ("bruk &lt;b&gt; og &amp;lt;", "bruk <b> og &lt;"),
        ("<p>Vi<b>ktig</b></p>", "Viktig"),
        ("<script>x</script>igjen<style>y</style>", "igjen"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("<!-- skjult -->synlig", "synlig"),
        ("", ""),
    ],
)
def test_text_of_html_keeps_blocks_apart_and_resolves_entities_once(source, text):
    assert html.to_text(source) == text


@pytest.mark.parametrize(
    "number", ["+47 950 27 028", "48157761", "950 27 028", "+47 55 58 85 95", "78 97 76 00", "0047 22334455", "(+47) 22 33 44 55"]
)
def test_phone_numbers_in_every_form_are_taken_out(number):
    assert not any(character.isdigit() for character in privacy.redact(f"Ring {number} i dag"))


@pytest.mark.parametrize(
    "kept", ["24.12.2026", "500 000 - 600 000 kr", "123 456 789", "2026-12-24", "45 000 000 kroner", "37,5 timer", "2023-2027"]
)
def test_dates_money_and_other_numbers_stay(kept):
    assert kept in privacy.redact(f"Vi sier {kept} her.")


@pytest.mark.parametrize(
    "text",
    [
        "Kontakt Kari Nordmann for mer.",
        "Kontakt NORDMANN, KARI.",
        "Kontakt Kari B. Nordmann",
        "Spør etter Kari",
        "Karis nummer",
        "kari nordmann",
        "E-post kari.nordmann@bergen.example",
        "kari.nordmann(at)bergen.example",
    ],
)
def test_a_contact_is_taken_out_of_the_text_however_written(text):
    redacted = privacy.redact(text, [KARI]).lower()
    assert "kari" not in redacted and "nordmann" not in redacted


def test_words_of_the_ads_own_title_and_place_stay():
    berg = ContactData(name="Anne Berg")
    assert "Berg" in privacy.redact("Skole på Berg. Ring Anne.", [berg], keep="Lærer, Berg skole")
    assert "Anne" not in privacy.redact("Skole på Berg. Ring Anne.", [berg], keep="Lærer, Berg skole")


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://x.example/a?b=1&c=2", "https://x.example/a?b=1&c=2"),
        ("www.x.no/jobb", "https://www.x.no/jobb"),
        ("jobb@x.no", "mailto:jobb@x.no"),
        ("mailto:jobb@x.no?subject=S%C3%B8knad", "mailto:jobb@x.no?subject=S%C3%B8knad"),
        ("javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//evil.example", ""),
        ("https://user:pw@evil.example", ""),
        ('https://x.no/"onmouseover=', ""),
        ("ftp://x.no", ""),
        ("http://[::1", ""),
        ("Se vår hjemmeside", ""),
        ("", ""),
    ],
)
def test_only_links_that_are_safe_become_links(link, safe):
    assert links.safe_link(link) == safe


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-11T00:00:00", dt.date(2026, 10, 11)),
        ("2026-10-31", dt.date(2026, 10, 31)),
        ("2026-10-31T23:30:00+00:00", dt.date(2026, 11, 1)),
        ("2026-08-28T09:52:32.29277+02:00", dt.date(2026, 8, 28)),
        ("21.08.2026", dt.date(2026, 8, 21)),
        ("1/9-2026", dt.date(2026, 9, 1)),
        ("31.02.2026", None),
        ("Snarest", None),
        ("", None),
        ("9999-99-99", None),
    ],
)
def test_a_deadline_is_a_date_only_where_it_is_one(text, day):
    assert deadlines.parse(text) == day


def test_the_language_of_an_ad_is_told_by_its_small_words():
    assert language.guess("Vi søker deg som vil jobbe hos oss og er glad i barn, ikke noe annet på jobb") == "nb"
    assert language.guess("Vi søkjer deg som vil arbeide hjå oss og er glad i born, ikkje noko anna") == "nn"
    assert language.guess("We are looking for a developer with the skills to join our team") == "en"
    assert language.guess("Kokk") == ""
