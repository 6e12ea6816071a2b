"""Unicode cleaning: invisible characters, direction marks and stacked accents are removed from every field, in any encoding."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobsearch.core import characters, text_values
from jobsearch.vacancies import html, links

FIXED = settings(derandomize=True, deadline=None)

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2064"
    "\u2066\u2067\u2068\u2069\u206a\u206f\u3164\ufe00\ufe0e\ufe0f\ufeff\uffa0\ufff9\ufffa\ufffb\ufffc\ufffe\x00\x01\x08\x1b\x7f\x80"
    "\x9f\ud83d\udc00\U000e0001\U000e0041\U000e007f\U000e0100\U000e01ef\U0001d173"
)
SHOWN_AS_SPACES = "\u115f\u1160\u3164\uffa0"


@pytest.mark.parametrize("sign", INVISIBLE, ids=lambda sign: f"U+{ord(sign):04X}")
def test_invisible_characters_are_removed_from_every_field(sign):
    joined = "truck fører" if sign in SHOWN_AS_SPACES else "truckfører"
    assert text_values.clean_line(f"truck{sign}fører") == joined
    assert html.extract_text(html.sanitise_html(f"<p>truck{sign}fører</p>")) == joined
    assert sign not in links.sanitise_link(f"https://x.no/truck{sign}")


WRITTEN = ["&shy;", "&#173;", "&#xAD;", "&#xad", "&#8203;", "&#x200B;", "&#x202e;", "&#8237;", "&#8237", "&rlm;", "&lrm;",
"&zwj;",
           "&zwnj;", "&#x061C;", "&#8294;", "&#8297;", "&#xFEFF;", "&#x2060;", "&#917505;", "&#000000008238;", "&amp;shy;",
           "&amp;#x202e;"]  # fmt: skip


@pytest.mark.parametrize("reference", WRITTEN)
def test_invisible_characters_written_as_references_are_removed(reference):
    assert text_values.clean_line(f"truck{reference}-fører") == "truck-fører"
    if not reference.startswith("&amp;"):  # in markup this is the literal text "&shy;"
        assert html.extract_text(html.sanitise_html(f"<p>truck{reference}-fører</p>")) == "truck-fører"


@pytest.mark.parametrize("reference", ["&shy", "&rlm", "&lrm", "&zwj", "&nbsp"])
def test_references_to_invisible_characters_need_no_semicolon(reference):
    assert text_values.clean_line(f"truck{reference}fører") in {"truckfører", "truck fører"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("R&amp;D", "R&D"),
        ("H&amp;amp;M", "H&M"),
        ("Bang &amp; Olufsen", "Bang & Olufsen"),
        ("S&oslash;rlandet", "Sørlandet"),
        ("S&#248;r", "Sør"),
        ("Økonomi&regnskap", "Økonomi&regnskap"),  # not a registered sign and "nskap"
        ("AT&T", "AT&T"),
        ("Kokk &lt;3", "Kokk <3"),
        ("<b>Kokk</b>", "Kokk"),
        ("&lt;strong&gt;Kokk&lt;/strong&gt;", "Kokk"),
        ("<p>Kokk</p><p>Oslo</p>", "Kokk Oslo"),
        ("Kokk<br/>Oslo", "Kokk Oslo"),
        ("Under <18 år og >60", "Under <18 år og >60"),
        ("Kokk\x0bOslo\u2028Bergen\u3000Voss", "Kokk Oslo Bergen Voss"),
        ("avdelings\u2011leder, barne\u2010", "avdelings-leder, barne-"),
        ("A\u030aLESUND", "ÅLESUND"),
        ("A\u200b\u030aLESUND", "ÅLESUND"),
        ("Ka\u0301ra\u0301s\u030cjohka", "Kárášjohka"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("❤\ufe0f\u200d🔥 og 👩\u200d🍳 søkes", "❤\ufe0f\u200d🔥 og 👩\u200d🍳 søkes"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # the joiner is part of the spelling
    ],
)
def test_clean_line_gives_one_readable_line(written, shown):
    assert text_values.clean_line(written) == shown


@pytest.mark.parametrize("length", [3, 50, 400])
def test_stacked_marks_are_limited(length):
    for stacked in ("K" + "\u0301" * length, "K" + "\u0336\u0489\u20dd" * length):
        for shown in (text_values.clean_line(f"{stacked}okk"), html.extract_text(html.sanitise_html(f"<p>{stacked}okk</p>"))):
            assert sum(unicodedata.combining(one) > 0 or unicodedata.category(one) == "Me" for one in shown) <= 2
            assert shown.endswith("okk")


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "null",
        "NULL",
        "None",
        "undefined",
        "N/A",
        "n/a",
        "-",
        "–",
        "---",
        "...",
        ".",
        "?",
        "&nbsp;",
        "<br>",
        "\u200b",
        "(null)",
    ],
)
def test_placeholders_for_a_missing_value_become_empty(value):
    assert text_values.clean_line(value) == ""


@pytest.mark.parametrize("value", ["Nan", "Na", "Nonne", "Nullvekst AS", "100 %", "🚀", "C++", "1", "N", "Undefined Studio"])
def test_short_real_values_stay(value):
    assert text_values.clean_line(value) == value


PIECES = st.sampled_from(
    list(INVISIBLE + "aå<>= \n\u030a\u0338\u0301\u200d👍❤\u0645\u0628\u1100\u1161\u09c7\u09be\u0915\u093c/&;#x8")
)


@FIXED
@given(st.text(PIECES | st.characters()), st.integers(1, 40))
def test_cleaning_any_text_is_idempotent(text, length):
    clean = characters.clean_text(text)
    assert characters.clean_text(clean) == clean == unicodedata.normalize("NFC", clean)
    assert not {one for one in clean if unicodedata.category(one) in {"Cc", "Cs", "Cf"}} - {*"\t\n\r\u200c\u200d"}
    cut = characters.cut_text(clean, length)
    assert len(cut) <= length and clean.startswith(cut) and characters.clean_text(cut) == cut


@FIXED
@given(st.text(PIECES | st.characters()), st.integers(1, 40))
def test_any_short_field_is_bounded_and_one_line(text, length):
    line = text_values.clean_line(text, length)
    assert len(line) <= length and line == " ".join(line.split())
    if "&" not in text and "<" not in text:
        assert text_values.clean_line(line, length) == line


@pytest.mark.parametrize("end", ["e\u0331\u0323", "👩\u200d🍳", "👍🏽", "❤\ufe0f", "ą\u0323"])
def test_a_field_is_not_cut_inside_a_grapheme(end):
    for length in range(4, 12):
        cut = text_values.clean_line("Kokk til " + end * 3, length)
        assert "Kokk til ".startswith(cut) or (cut.removeprefix("Kokk til ").replace(end, "") == "")


@pytest.mark.parametrize("marks", ["\u0301\u0316", "\U0001d165\U0001d16d", "\u05b0\u0301\u0591"])
@pytest.mark.timeout(20)
def test_a_run_of_marks_is_cut_before_unicode_sorts_it(marks):
    """Python sorts marks in quadratic time when it composes a text: five seconds for 100,000, twenty for 200,000."""
    assert len(characters.clean_text("k" + marks * 200_000 + "okk")) < 20
