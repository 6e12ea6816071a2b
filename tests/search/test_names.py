"""What people call the same thing, and what may meet it."""

from __future__ import annotations

import pytest

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.conditions import All, Best, Node, Phrase, Prefix, Term
from jobsearch.search.query import compiler, parser


def targets(typed: str) -> set[str]:
    return {" ".join(name.words) for name in synonyms.of(tuple(norwegian.words(typed)))}


def fields(q: str) -> set[tuple[str, str]]:
    """(field, word) of everything that a search looks at."""
    found: set[tuple[str, str]] = set()

    def walk(node: Node) -> None:
        match node:
            case Term(field, value, _) | Prefix(field, value, _):
                found.add((field, value))
            case Phrase(field, phrase, _):
                found.add((field, " ".join(phrase)))
            case Best(nodes):
                for one in nodes:
                    walk(one)
            case All(must, never, _):
                for one in (*must, *never):
                    walk(one)

    walk(compiler.compile_words(parser.parse(q)))
    return found


def scores(q: str, field: str) -> dict[str, int]:
    node = compiler.compile_words(parser.parse(q))
    assert isinstance(node, All) and isinstance(node.must[0], Best)
    return {one.value: one.score for one in node.must[0].nodes if isinstance(one, Term) and one.field == field}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nurse", "sykepleier"),
        ("Nurses", "sykepleier"),
        ("Krankenschwester", "sykepleier"),
        ("sjuksköterska", "sykepleier"),
        ("медсестра", "sykepleier"),
        ("kindergarten teacher", "barnehagelærer"),
        ("camarero", "servitør"),
        ("förskolelærer", "barnehagelærer"),
        ("NMBU", "norges miljø og biovitenskapelige universitet"),
        ("universitetet i oslo", "uio"),
        ("frisor", "hairdresser"),
        ("прибиральниця", "renholder"),
        ("vodiy", "sjåfør"),
        ("chefs", "kokk"),
        ("mechanics", "bilmekaniker"),
        ("suvirintojas", "sveiser"),
        ("undersköterska", "helsefagarbeider"),
        ("Erzieherin", "barnehagelærer"),
        ("camionero", "lastebilsjåfør"),
        ("magazynier", "warehouse worker"),
    ],
)
def test_a_name_leads_to_the_norwegian_one(typed, meant):
    assert meant in targets(typed)


def test_no_name_leads_to_itself():
    for key, found in synonyms._lists().names.items():
        assert key not in {name.stems for name in found}


def test_what_is_only_typed_is_not_looked_for():
    assert "sjukskoterska" not in {norwegian.fold(one) for one in targets("sykepleier")}
    assert "nurse" in targets("sykepleier")


def test_another_name_scores_below_the_word_itself_in_the_same_field():
    for field in ("title_stem", "job_stem"):
        found = scores("nurse", field)
        assert found["sykepleier"] < found["nurs"]


def test_another_name_is_never_looked_for_in_the_text():
    assert not {("body", "sykepleier"), ("body_stem", "sykepleier"), ("body_fold", "sykepleier")} & fields("nurse oslo")


def test_neither_quotes_nor_a_minus_bring_other_names():
    assert not any("sykepleier" in word for _, word in fields('"nurse"') | fields("oslo -nurse"))


def test_words_that_name_one_thing_together_are_not_taken_for_names_apart():
    assert ("title_stem", "lærer") not in fields("kindergarten teacher")
    assert ("title_stem", "barnehagelærer") in fields("kindergarten teacher oslo")


@pytest.mark.parametrize(
    "word", ["kokk", "lege", "selger", "sjåfør", "sjafor", "lager", "tolk", "teacher", "nattevakt", "miljoarbeider"]
)
def test_a_text_does_not_meet_the_name_of_an_occupation(word):
    found = fields(f"{word} fjellvant")
    assert not {field for field, value in found if value in {word, norwegian.word(word).stem}} & {
        "body",
        "body_stem",
        "body_fold",
    }


@pytest.mark.parametrize("word", ["politiattest", "python", "turnus", "førerkort", "sap", "server", "renhold", "it", "ansvarlig"])
def test_a_text_meets_every_other_word(word):
    assert ("body", word) in fields(word)


def test_halves_of_a_known_occupation_are_not_met_by_the_text():
    assert ("body", "buss") not in fields("buss sjåfør")
    assert ("body", "python") in fields("python utvikler")


def test_another_spelling_of_a_name_asks_for_no_compounds():
    assert not any(name.wide for name in synonyms.of(tuple(norwegian.words("vekter"))))
    assert any(name.wide for name in synonyms.of(tuple(norwegian.words("охоронець"))))


def test_words_of_one_occupation_are_met_where_occupations_stand():
    assert ("body", "hms") not in fields("HMS-rådgiver")
    assert ("body", "olje") in fields("olje og gass")


def test_of_two_spellings_the_first_is_looked_for_as_a_phrase():
    assert ("job", "videregående skole") in fields("lærer vgs")


def test_no_name_is_made_a_small_word():
    posts = {name.stems for found in synonyms._lists().names.values() for name in found if name.kind == "post"}
    assert not posts & {("til",), ("for",), ("av",), ("i",)}


def test_a_kind_of_work_leads_to_who_does_it_and_not_back():
    assert "elektriker" in targets("elektro")
    assert "elektro" not in targets("elektriker")
    assert ("body", "renhold") in fields("renhold")


def test_an_occupation_written_apart_has_its_other_names():
    assert ("title_stem", "lagermedarbeider") in fields("lager arbeider oslo")


def test_halves_of_a_compound_may_stand_apart_in_a_title():
    assert {("title_stem", "assistent"), ("title_stem", "barnehag")} <= fields("barnehageassistent")


def test_a_town_is_met_by_a_text_only_where_it_lies():
    node = compiler.compile_words(parser.parse("sandvika"))
    assert isinstance(node, All) and isinstance(node.must[0], Best)
    bodies = [one for one in node.must[0].nodes if isinstance(one, Term) and one.field == "body"]
    inside = [one.must for one in node.must[0].nodes if isinstance(one, All)]
    assert bodies == []
    assert [(place.value, body.field) for place, body in inside] == [("AKERSHUS/BÆRUM", "body")]


def test_an_everyday_word_is_a_town_beside_an_occupation_only():
    assert ("body", "ski") in fields("ski")
    assert ("place", "AKERSHUS/NORDRE FOLLO") in fields("kokk ski") - fields("ski")


def test_letters_that_were_typed_in_part_are_met():
    assert ("title_fold", "bussjafor") in fields("bussjafør")
    assert ("title_fold", "bussjafor") not in fields("bussjåfør")


def test_a_lone_word_that_no_rule_has_cut_is_met_in_its_other_forms():
    assert ("body_stem", "student") in fields("student")
    assert ("body_stem", "lær") not in fields("lære")


def test_a_place_in_a_title_counts_as_a_place():
    found = scores("bergen", "title")
    assert found["bergen"] == scores("bergen", "location")["bergen"] < scores("kokk", "job")["kokk"]


def test_a_company_form_is_no_part_of_an_employers_name():
    assert norwegian.bare_name(["kiwi", "norge", "as"]) == norwegian.bare_name(["kiwi", "norge"]) == "kiwi norge"
    assert norwegian.bare_name(["as"]) == "as"
