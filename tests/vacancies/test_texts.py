"""Sanitising of HTML, plain text, links, deadlines and languages: the basic cases."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobsearch.vacancies import deadlines, html, language, links


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
def test_sanitising_removes_active_content(hostile):
    clean = html.sanitise_html(f"<p>Før</p>{hostile}<p>etter</p>")
    for mark in ("script", "onerror", "onclick", "style", "iframe", "form", "<svg", "data:", "evil"):
        assert mark not in clean.lower()
    assert "Før" in clean


@given(st.text())
def test_sanitising_any_text_is_idempotent(value):
    once = html.sanitise_html(value)
    assert html.sanitise_html(once) == once
    assert "<script" not in once.lower()


@given(st.text())
def test_plain_text_of_any_text_has_no_empty_lines(value):
    assert "\n\n" not in html.extract_text(value)


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
def test_plain_text_separates_blocks_and_resolves_references_once(source, text):
    assert html.extract_text(source) == text


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
def test_only_safe_urls_become_links(link, safe):
    assert links.sanitise_link(link) == safe


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
def test_a_deadline_is_a_date_only_if_the_text_has_one(text, day):
    assert deadlines.parse_deadline(text) == day


def test_the_language_is_guessed_by_function_words():
    assert language.guess_language("Vi søker deg som vil jobbe hos oss og er glad i barn, ikke noe annet på jobb") == "nb"
    assert language.guess_language("Vi søkjer deg som vil arbeide hjå oss og er glad i born, ikkje noko anna") == "nn"
    assert language.guess_language("We are looking for a developer with the skills to join our team") == "en"
    assert language.guess_language("Kokk") == ""
