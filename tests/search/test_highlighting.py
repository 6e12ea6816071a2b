"""Highlighting: matches and snippets, compared with a simple evaluation of the conditions."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
from django.utils import timezone

from jobsearch.search.analysis import folding
from jobsearch.search.api import SearchQuery
from jobsearch.search.assist import Highlighter
from jobsearch.search.assist.snippets import SNIPPET_LENGTH, Segments, build_snippet
from jobsearch.search.conditions import All, Best, Phrase, Prefix, Term
from jobsearch.search.indexing import documents
from jobsearch.search.query import compiler, parser
from jobsearch.vacancies import ad_names, html, store
from jobsearch.vacancies.models import PreparedAd, Vacancy
from jobsearch.vacancies.prepared_ads import MAX_HTML_LENGTH, Workplace, prepare_from_related
from tests.contract import reference
from tests.contract.ads import KEYS, NAMES, corpus
from tests.contract.test_highlighting import QUERIES, has_match

KINDS = ("title", "employer", "place", "occupation", "snippet")
"""Readable texts of an ad."""


def highlight_text(highlighter: Highlighter, kind: str, text: str, *, without_location: bool = False) -> Segments:
    """One text as a page shows it, of an ad that has no other. `without_location`: nor a place."""
    if kind == "employer":
        return highlighter.highlight_employer(text)
    if kind == "place":
        return highlighter.highlight_place(text)
    texts = {one: text if one == kind else "" for one in KINDS}
    locations = [] if without_location else [Workplace("X", "", "", "", "")]
    prepared = PreparedAd(job_names=[texts["occupation"]], text=texts["snippet"], locations=locations)
    highlighted = highlighter.highlight_ad(SimpleNamespace(title=texts["title"], employer_name=""), prepared)
    return getattr(highlighted, kind)


def leaves(node) -> list:
    """The conditions that one text can fulfil: words, phrases, prefixes, and words that only match together."""
    if isinstance(node, (Term, Prefix, Phrase)):
        return [node]
    if isinstance(node, Best):
        return [leaf for one in node.nodes for leaf in leaves(one)]
    if isinstance(node, All):
        if len(node.must) > 1 and all(isinstance(one, Term) for one in node.must) and len({t.field for t in node.must}) == 1:
            return [node]
        return [leaf for one in node.must for leaf in leaves(one)]
    return []


def compile_leaves(q: str) -> list:
    node = compiler.compile_conditions(parser.parse_query(q))
    return [leaf for group in node.must for leaf in leaves(group)] if isinstance(node, All) else []


def related(*rows) -> SimpleNamespace:
    return SimpleNamespace(all=lambda: list(rows))


class Blank(SimpleNamespace):
    """An ad with only the given attributes; all others are empty."""

    def __getattr__(self, name: str) -> str:
        return ""


def document(**texts):
    """The document of an ad with only these texts."""
    values = {name: related() for name in ("contacts", "locations", "occupations", "categories")}
    values |= {"_state": SimpleNamespace(fields_cache={})}  # without a prepared row
    values |= {"uuid": KEYS["nurse"], "first_seen": None, "visible_until": timezone.now(), "published": None}
    return documents.make_document(Blank(**(values | texts)))


def place_of(name: str) -> SimpleNamespace:
    return related(SimpleNamespace(path="X", city=name, postal_code=""))


def texts_of(row) -> list[tuple[str, str, dict]]:
    """(kind of text, the text, the document with only this text)."""
    found = [
        ("title", row.title, document(title=row.title)),
        ("employer", row.employer_name, document(employer_name=row.employer_name)),
    ]
    found += [("occupation", name, document(job_title=name)) for name in documents.list_job_names(row)]
    found += [("place", name, document(locations=place_of(name))) for name in ad_names.list_place_names(row.locations.all())]
    without_location = not any(location.path for location in row.locations.all())
    body = document(description=row.description, locations=related() if without_location else place_of(""))
    return [*found, ("snippet", html.extract_text(row.description), body)]


def highlight(q: str, kind: str, value: str) -> list:
    return [*highlight_text(Highlighter(SearchQuery(q=q).compiled), kind, value)]


def matched_texts(q: str, kind: str, value: str) -> list[str]:
    return [segment.text for segment in highlight(q, kind, value) if segment.matched]


def test_a_text_has_a_match_exactly_if_it_fulfils_a_condition(db, some_of):
    store.store_vacancies(corpus(timezone.now()))
    rows = Vacancy.objects.prefetch_related("locations", "occupations", "categories")
    # Many ads have the same place, occupation or employer: a text is compared once.
    texts = {
        (kind, value, kind == "snippet" and NAMES[row.uuid] == "nowhere"): (NAMES[row.uuid], doc)
        for row in rows
        for kind, value, doc in texts_of(row)
    }
    for turn, q in enumerate(QUERIES):
        highlighter, conditions = Highlighter(SearchQuery(q=q).compiled), compile_leaves(q)
        for (kind, value, nowhere), (key, doc) in some_of([*texts.items()], turn):
            expected = any(reference.score(one, doc) is not None for one in conditions)
            shown = highlight_text(highlighter, kind, value, without_location=nowhere)
            assert has_match(shown) == expected, (q, key, kind, value)


TEXT = (
    "Om oss\nVi er et lite hus. Hos oss lærer du å bygge nett av god kvalitet, og du får en fast hverdag sammen med folk som kan "
    "Python og Django fra før, og som gjerne deler. Du jobber dag.\nPython"
)


def test_a_snippet_is_one_stretch_around_the_match_with_its_sentence():
    found = "".join(segment.text for segment in highlight("python", "snippet", TEXT))
    assert found.startswith("… ") and found.removeprefix("… ").removesuffix(" …") in TEXT
    assert found.index("Python") < 60 and len(found) <= 164
    assert highlight("dag", "snippet", TEXT)[0].text == "Du jobber " and len(highlight("dag", "snippet", TEXT)) == 3
    assert highlight("xqzzyw", "snippet", TEXT) == [] == highlight("python", "snippet", "")


def test_a_snippet_with_more_matches_is_preferred_to_an_earlier_one():
    text = "Ring om turnus.\n" + "Noe annet. " * 30 + "\nHelg og turnus hver tredje uke."
    assert matched_texts("turnus helg", "snippet", text) == ["Helg", "turnus"]


def test_phrases_match_as_phrases_and_prefixes_as_whole_words():
    assert matched_texts('"fast lønn"', "snippet", "Lønn etter avtale. Vi gir fast lønn.") == ["fast lønn"]
    assert matched_texts("prosj*", "title", "Prosjektleder i prosjektet") == ["Prosjektleder", "prosjektet"]


def test_excluded_words_are_not_highlighted():
    assert matched_texts("kokk -oslo", "title", "Kokk i Oslo") == ["Kokk"]


def test_decomposed_letters_are_highlighted_at_their_position():
    assert matched_texts("lærer", "title", "La\u0308rer og LÆRER") == ["Lärer", "LÆRER"]
    assert "".join(segment.text for segment in highlight("aas", "place", "Ås, Akershus")) == "Ås, Akershus"


def ad(**texts):
    values = {"uuid": KEYS["nurse"], "title": "", "employer_name": "", "job_title": "", "description": ""}
    values |= {"language": "", "body_hash": ""} | texts
    for name in ("contacts", "locations", "occupations", "categories"):
        values.setdefault(name, related())
    return SimpleNamespace(**values)


def highlight_prepared(highlighter: Highlighter, row):
    return highlighter.highlight_ad(row, prepare_from_related(row))


PERSON = SimpleNamespace(name="Kari Nordmann", email="kari@hus.example", phone="+47 22 33 44 55")


@pytest.mark.parametrize(
    "text",
    [
        "Spør Kari Nordmann om turnus på 22 33 44 55 eller kari@hus.example.",
        "Turnus? Nordmann, Kari svarer: 22334455.",
        "Send turnus til post(at)hus.example eller +47 99 88 77 66",
    ],
)
def test_a_snippet_contains_no_contact(text):
    found = highlight_prepared(
        Highlighter(SearchQuery(q="turnus").compiled), ad(description=f"<p>{text}</p>", contacts=related(PERSON))
    )
    shown = "".join(segment.text for segment in found.snippet)
    assert "urnus" in shown
    for secret in ("Kari", "Nordmann", "22 33", "2233", "99 88", "@", "(at)", "example"):
        assert secret not in shown


@pytest.mark.parametrize(
    "hidden", ["kari@hus.example", "Kari Nordmann", "22 33 44 55", "<a href='mailto:kari@hus.example'>x</a>"]
)
def test_a_snippet_contains_no_part_of_a_contact_cut_in_two(hidden):
    """The text is cut at every position of the contact in turn."""
    highlighter = Highlighter(SearchQuery(q="turnus").compiled)
    for cut in range(1, len(hidden)):
        start = MAX_HTML_LENGTH - cut
        filler = "x " * (start // 2)
        opening = f"{filler[: start - 260]} turnus {filler}"[:start] + hidden
        found = highlight_prepared(highlighter, ad(description=opening, contacts=related(PERSON)))
        shown = "".join(segment.text for segment in found.snippet)
        assert "turnus" in shown
        assert not any(secret in shown.lower() for secret in ("kari", "nord", "22", "href", "mailto", "@"))


def test_a_contacts_name_in_a_title_is_not_highlighted():
    row = ad(title="Kokk hos Kari Nordmann", contacts=related(PERSON))
    found = highlight_prepared(Highlighter(SearchQuery(q="nordmann OR kokk").compiled), row)
    assert [segment.text for segment in found.title if segment.matched] == ["Kokk"]


def test_a_snippet_is_shown_only_for_matches_not_in_the_title():
    row = ad(title="Kokk med turnus", description="<p>Turnus er fint. Du liker grønnsaker.</p>")
    assert highlight_prepared(Highlighter(SearchQuery(q="turnus").compiled), row).snippet == ()
    assert has_match(highlight_prepared(Highlighter(SearchQuery(q="turnus grønnsaker").compiled), row).snippet)


def test_a_text_full_of_matches_gives_one_short_snippet():
    highlighter, opening = Highlighter(SearchQuery(q="turnus natt helg dag").compiled), "turnus natt helg dag " * 1000
    found = highlight_prepared(highlighter, ad(description=opening))
    assert 0 < len("".join(segment.text for segment in found.snippet)) <= SNIPPET_LENGTH + 4


def test_the_search_line_by_line_finds_the_snippet_of_all_matches(every_combination):
    """Whatever the lines, the negations, the letters and the words: the same as from every match of the whole text."""
    rng = random.Random(12)
    words = "turnus natt helg ikke ingen kokk hjemmekontor no the nei arbeid Turnus:\u00a0 tu\u00adrnus, natt. vi mulig –".split(
        " "
    )
    words += ["to", "skift", "helkontinuerlig", "skift."]  # in phrases of "turnus"
    for _ in range(1500 if every_combination else 500):
        text = "\n".join(" ".join(rng.choices(words, k=rng.randrange(14))) for _ in range(rng.randrange(1, 7)))
        highlighter = Highlighter(SearchQuery(q=" ".join(rng.sample(["turnus", "natt", "hjemmekontor", "helg"], k=2))).compiled)
        wanted = rng.choice([1, 2, 3])
        text = folding.compose(text)
        every = highlighter._find_all_spans(text, "body")
        assert highlighter._find_snippet(text, wanted, False) == build_snippet(text, every, wanted), text
