"""Error messages: the stored reason as a sentence in the reader's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from ingest import error_messages

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("code", "detail", "nb", "nn", "en"),
    [
        (
            "silent",
            "",
            "Prosessen ble avbrutt uten feilmelding.",
            "Prosessen vart avbroten utan feilmelding.",
            "without an error message.",
        ),
        (
            "timeout",
            "X did not answer.",
            "Strømmen svarte ikke i tide. (X did not answer)",
            "Straumen svarte ikkje i tide.",
            "in time",
        ),
        ("status-503", "The page was …", "feilkode 503. (The page was …)", "feilkode 503.", "error 503."),
        ("removed", "kari", "Fjernet av kari.", "Fjerna av kari.", "Removed by kari."),
        ("bug", "KeyError: 'x'", "en feil i programmet. (KeyError: 'x')", "ein feil i programmet.", "fault in the program."),
        (
            "engine-down",
            "Start it.",
            "Søkemotoren svarer ikke. (Start it)",
            "Søkjemotoren svarer ikkje.",
            "does not answer. (Start it)",
        ),
        ("", "The cat: sat on it.", "The cat: sat on it.", "The cat: sat on it.", "The cat: sat on it."),
        ("", "", "", "", ""),
    ],
)
def test_the_code_is_translated_and_the_detail_is_quoted(code, detail, nb, nn, en):
    for language, words in (("nb", nb), ("nn", nn), ("en", en)):
        with translation.override(language):
            assert words in error_messages.describe_error(code, detail)


def test_every_reason_in_the_code_has_a_sentence():
    classes = (
        "FeedUnavailable|ResponseTooLarge|Unauthorized|FeedLoop|PageNotFound|AdNotFound|PageFormatError|DetailFormatError|"
        "KnownError"
    )
    used = set()
    for folder in ("ingest", "jobsearch"):
        for file in (ROOT / folder).rglob("*.py"):
            if "feed_server" not in file.parts and "management" not in file.parts:
                used |= set(re.findall(rf'\b(?:{classes})\(\s*"([\w-]+)"', file.read_text()))
                used |= set(re.findall(r'(?:error=|return )\(?"([\w-]+)", ', file.read_text()))
    assert len(used) > 25 and {"timeout", "silent", "engine-down", "expires"} <= used
    assert {code for code in used if error_messages.describe_error(code, "x") == f"{code}: x"} == set()


def test_reasons_with_the_same_sentence_are_distinguished_in_lists():
    assert error_messages.describe_code("broken-json") == "Strømmen svarte i en form vi ikke kan lese (broken-json)"
    assert error_messages.describe_code("something-else") == "something-else"
