"""Marks: where they stand, what a passage holds, and that they agree with the plainest reading of a search's conditions."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import timezone

from jobsearch.search.api import LOOKED_AT, Highlighter, SearchQuery
from jobsearch.search.assist.snippets import PASSAGE
from jobsearch.search.conditions import All, Best, Phrase, Prefix, Term
from jobsearch.search.indexing import documents
from jobsearch.search.query import compiler, parser
from jobsearch.vacancies import html, store
from jobsearch.vacancies.models import Vacancy
from tests.contract import reference
from tests.contract.ads import KEYS, NAMES, corpus
from tests.contract.test_highlighting import QUERIES, met


def leaves(node) -> list:
    """What can be met by one text: single words, phrases, starts, and words that count only together."""
    if isinstance(node, (Term, Prefix, Phrase)):
        return [node]
    if isinstance(node, Best):
        return [leaf for one in node.nodes for leaf in leaves(one)]
    if isinstance(node, All):
        if len(node.must) > 1 and all(isinstance(one, Term) for one in node.must) and len({t.field for t in node.must}) == 1:
            return [node]
        return [leaf for one in node.must for leaf in leaves(one)]
    return []


def of_words(q: str) -> list:
    node = compiler.compile_words(parser.parse(q))
    return [leaf for group in node.must for leaf in leaves(group)] if isinstance(node, All) else []


def related(*rows) -> SimpleNamespace:
    return SimpleNamespace(all=lambda: list(rows))


class Blank(SimpleNamespace):
    """An ad of which only what a test gives is there."""

    def __getattr__(self, name: str) -> str:
        return ""


def document(**texts):
    """The document of an ad that has nothing but these texts."""
    values = {name: related() for name in ("contacts", "locations", "occupations", "categories")}
    values |= {"uuid": KEYS["nurse"], "first_seen": None, "visible_until": timezone.now(), "published": None}
    return documents.make_document(Blank(**(values | texts)))


def place_of(name: str) -> SimpleNamespace:
    return related(SimpleNamespace(path="X", city=name, postal_code=""))


def texts_of(row) -> list[tuple[str, str, dict]]:
    """(which text of a highlighter, the text, the document that holds it alone)"""
    found = [
        ("title", row.title, document(title=row.title)),
        ("employer", row.employer_name, document(employer_name=row.employer_name)),
    ]
    found += [("occupation", name, document(job_title=name)) for name in documents.list_job_names(row)]
    found += [("place", name, document(locations=place_of(name))) for name in documents.list_place_names(row.locations.all())]
    nowhere = not any(location.path for location in row.locations.all())
    body = document(description=row.description, locations=related() if nowhere else place_of(""))
    return [*found, ("snippet", html.extract_text(row.description), body)]


def pieces(q: str, kind: str, value: str, **more) -> list:
    return [*getattr(Highlighter(SearchQuery(q=q).compiled), kind)(value, **more)]


def marked(q: str, kind: str, value: str, **more) -> list[str]:
    return [piece.text for piece in pieces(q, kind, value, **more) if piece.met]


def test_a_text_has_a_mark_exactly_where_a_condition_is_met_by_it(db):
    store.store_vacancies(corpus(timezone.now()))
    rows = Vacancy.objects.prefetch_related("locations", "occupations", "categories")
    texts = [(NAMES[row.uuid], *one) for row in rows for one in texts_of(row)]
    for q in QUERIES:
        marker, conditions = Highlighter(SearchQuery(q=q).compiled), of_words(q)
        for key, kind, value, doc in texts:
            more = {"nowhere": key == "nowhere"} if kind == "snippet" else {}
            expected = any(reference.score(one, doc) is not None for one in conditions)
            assert met(getattr(marker, kind)(value, **more)) == expected, (q, key, kind, value)


TEXT = (
    "Om oss\nVi er et lite hus. Hos oss lærer du å bygge nett av god kvalitet, og du får en fast hverdag sammen med folk som kan "
    "Python og Django fra før, og som gjerne deler. Du jobber dag.\nPython"
)


def test_a_passage_is_one_stretch_around_the_word_with_its_sentence():
    found = "".join(piece.text for piece in pieces("python", "snippet", TEXT))
    assert found.startswith("… ") and found.removeprefix("… ").removesuffix(" …") in TEXT
    assert found.index("Python") < 60 and len(found) <= 164
    assert pieces("dag", "snippet", TEXT)[0].text == "Du jobber " and len(pieces("dag", "snippet", TEXT)) == 3
    assert pieces("xqzzyw", "snippet", TEXT) == [] == pieces("python", "snippet", "")


def test_a_passage_that_shows_more_of_the_search_comes_before_an_earlier_one():
    text = "Ring om turnus.\n" + "Noe annet. " * 30 + "\nHelg og turnus hver tredje uke."
    assert marked("turnus helg", "snippet", text) == ["Helg", "turnus"]


def test_phrases_are_marked_as_phrases_and_prefixes_as_whole_words():
    assert marked('"fast lønn"', "snippet", "Lønn etter avtale. Vi gir fast lønn.") == ["fast lønn"]
    assert marked("prosj*", "title", "Prosjektleder i prosjektet") == ["Prosjektleder", "prosjektet"]


def test_what_is_excluded_is_never_marked():
    assert marked("kokk -oslo", "title", "Kokk i Oslo") == ["Kokk"]


def test_letters_that_are_written_in_two_ways_are_marked_where_they_stand():
    assert marked("lærer", "title", "La\u0308rer og LÆRER") == ["Lärer", "LÆRER"]
    assert "".join(piece.text for piece in pieces("aas", "place", "Ås, Akershus")) == "Ås, Akershus"


def ad(**texts):
    values = {"title": "", "employer_name": "", "job_title": ""} | texts
    for name in ("contacts", "locations", "occupations", "categories"):
        values.setdefault(name, related())
    return SimpleNamespace(**values)


PERSON = SimpleNamespace(name="Kari Nordmann", email="kari@hus.example", phone="+47 22 33 44 55")


@pytest.mark.parametrize(
    "text",
    [
        "Spør Kari Nordmann om turnus på 22 33 44 55 eller kari@hus.example.",
        "Turnus? Nordmann, Kari svarer: 22334455.",
        "Send turnus til post(at)hus.example eller +47 99 88 77 66",
    ],
)
def test_no_contact_is_ever_in_a_passage(text):
    found = Highlighter(SearchQuery(q="turnus").compiled).marked(ad(contacts=related(PERSON)), f"<p>{text}</p>")
    shown = "".join(piece.text for piece in found.passage)
    assert "urnus" in shown
    for secret in ("Kari", "Nordmann", "22 33", "2233", "99 88", "@", "(at)", "example"):
        assert secret not in shown


@pytest.mark.parametrize(
    "hidden", ["kari@hus.example", "Kari Nordmann", "22 33 44 55", "<a href='mailto:kari@hus.example'>x</a>"]
)
def test_a_contact_that_the_bound_cuts_in_two_is_not_in_a_passage_either(hidden):
    """The text is cut at every place of the contact in turn."""
    marker = Highlighter(SearchQuery(q="turnus").compiled)
    for cut in range(1, len(hidden)):
        start = LOOKED_AT - cut
        filler = "x " * (start // 2)
        opening = f"{filler[: start - 260]} turnus {filler}"[:start] + hidden
        found = marker.marked(ad(contacts=related(PERSON)), opening[:LOOKED_AT])
        shown = "".join(piece.text for piece in found.passage)
        assert "turnus" in shown
        assert not any(secret in shown.lower() for secret in ("kari", "nord", "22", "href", "mailto", "@"))


def test_a_contacts_name_in_a_title_is_not_marked_since_no_search_can_meet_it():
    found = Highlighter(SearchQuery(q="nordmann OR kokk").compiled).marked(
        ad(title="Kokk hos Kari Nordmann", contacts=related(PERSON))
    )
    assert [piece.text for piece in found.title if piece.met] == ["Kokk"]


def test_a_passage_is_shown_only_for_what_the_title_does_not_show():
    row, text = ad(title="Kokk med turnus"), "<p>Turnus er fint. Du liker grønnsaker.</p>"
    assert Highlighter(SearchQuery(q="turnus").compiled).marked(row, text).passage == ()
    assert met(Highlighter(SearchQuery(q="turnus grønnsaker").compiled).marked(row, text).passage)


def test_a_text_full_of_the_words_gives_one_short_passage():
    marker, opening = Highlighter(SearchQuery(q="turnus natt helg dag").compiled), "turnus natt helg dag " * 1000
    found = marker.marked(ad(), opening[:LOOKED_AT])
    assert 0 < len("".join(piece.text for piece in found.passage)) <= PASSAGE + 4
