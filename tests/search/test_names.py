"""Synonyms: which other names a query searches for, and in which fields."""

from __future__ import annotations

import pytest

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.folding import fold
from jobsearch.search.conditions import All, Best, Node, Phrase, Prefix, Term
from jobsearch.search.query import compiler, parser
from jobsearch.search.query.parsed_query import SynonymClause


def targets(typed: str) -> set[str]:
    """The synonyms of the typed name."""
    return {" ".join(synonym.words) for synonym in synonyms.find_synonyms(tuple(norwegian.analyse_text(typed)))}


def fields(q: str) -> set[tuple[str, str]]:
    """(field, word) of every condition of the compiled query."""
    found: set[tuple[str, str]] = set()

    def walk(node: Node) -> None:
        match node:
            case Term(field, value, _) | Prefix(field, value, _):
                found.add((field, value))
            case Phrase(field, phrase, _):
                found.add((field, " ".join(phrase)))
            case Best(nodes):
                for child in nodes:
                    walk(child)
            case All(must, never, _):
                for child in (*must, *never):
                    walk(child)

    walk(compiler.compile_conditions(parser.parse_query(q)))
    return found


def scores(q: str, field: str) -> dict[str, int]:
    node = compiler.compile_conditions(parser.parse_query(q))
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
def test_a_name_has_the_norwegian_synonym(typed, meant):
    assert meant in targets(typed)


def test_a_name_of_a_field_that_is_stemmed_as_its_person_has_synonyms():
    assert "frisør" in targets("hårklipp")
    assert targets("kode") == set()  # no coder


def test_no_name_is_its_own_synonym():
    for key, found in synonyms._load_index().synonyms.items():
        assert key not in {synonym.stems for synonym in found}


def test_names_that_are_only_typed_are_not_searched_for():
    assert "sjukskoterska" not in {fold(one) for one in targets("sykepleier")}
    assert "nurse" in targets("sykepleier")


def test_a_synonym_scores_below_the_word_itself_in_the_same_field():
    for field in ("title_stem", "job_stem"):
        found = scores("nurse", field)
        assert found["sykepleier"] < found["nurs"]


def test_synonyms_are_not_searched_for_in_the_body():
    assert not {("body", "sykepleier"), ("body_stem", "sykepleier"), ("body_fold", "sykepleier")} & fields("nurse oslo")


def test_phrases_and_excluded_words_have_no_synonyms():
    assert not any("sykepleier" in word for _, word in fields('"nurse"') | fields("oslo -nurse"))


def test_words_of_a_longer_name_have_no_synonyms_of_their_own():
    assert ("title_stem", "lærer") not in fields("kindergarten teacher")
    assert ("title_stem", "barnehagelærer") in fields("kindergarten teacher oslo")


@pytest.mark.parametrize(
    "word", ["kokk", "lege", "selger", "sjåfør", "sjafor", "lager", "tolk", "teacher", "nattevakt", "miljoarbeider"]
)
def test_an_occupation_is_not_searched_for_in_the_body(word):
    found = fields(f"{word} fjellvant")
    assert not {field for field, value in found if value in {word, norwegian.analyse_word(word).stem}} & {
        "body",
        "body_stem",
        "body_fold",
    }


@pytest.mark.parametrize("word", ["politiattest", "python", "turnus", "førerkort", "sap", "server", "renhold", "it", "ansvarlig"])
def test_other_words_are_searched_for_in_the_body(word):
    assert ("body", word) in fields(word)


def test_parts_of_a_listed_occupation_are_not_searched_for_in_the_body():
    assert ("body", "buss") not in fields("buss sjåfør")
    assert ("body", "python") in fields("python utvikler")


def test_another_spelling_of_a_norwegian_name_does_not_match_compounds():
    assert not any(name.wide for name in synonyms.find_synonyms(tuple(norwegian.analyse_text("vekter"))))
    assert any(name.wide for name in synonyms.find_synonyms(tuple(norwegian.analyse_text("охоронець"))))


def test_words_of_a_listed_occupation_are_not_searched_for_in_the_body():
    assert ("body", "hms") not in fields("HMS-rådgiver")
    assert ("body", "olje") in fields("olje og gass")


def test_a_synonym_of_several_words_is_searched_for_as_a_phrase():
    assert ("job", "videregående skole") in fields("lærer vgs")


def test_no_synonym_is_stemmed_to_a_stop_word():
    found_synonyms = (synonym for found in synonyms._load_index().synonyms.values() for synonym in found)
    occupations = {synonym.stems for synonym in found_synonyms if synonym.kind == "occupation"}
    assert not occupations & {("til",), ("for",), ("av",), ("i",)}


def test_a_kind_of_work_has_its_people_as_synonyms_but_not_the_reverse():
    assert "elektriker" in targets("elektro")
    assert "elektro" not in targets("elektriker")
    assert ("body", "renhold") in fields("renhold")


def test_an_occupation_typed_as_two_words_has_synonyms():
    assert ("title_stem", "lagermedarbeider") in fields("lager arbeider oslo")


def test_an_occupation_without_synonyms_typed_apart_adds_no_empty_alternative():
    """OpenSearch refuses a list of alternatives without any: "s t u" is a listed occupation written together."""
    clauses = [clause for group in parser.parse_query("s t u").must for alternative in group for clause in alternative]
    assert clauses
    assert all(clause.synonyms for clause in clauses if isinstance(clause, SynonymClause))


def test_parts_of_a_compound_match_as_separate_words_of_a_title():
    assert {("title_stem", "assistent"), ("title_stem", "barnehag")} <= fields("barnehageassistent")


def test_a_town_matches_in_the_body_only_of_ads_in_its_municipality():
    node = compiler.compile_conditions(parser.parse_query("sandvika"))
    assert isinstance(node, All) and isinstance(node.must[0], Best)
    bodies = [one for one in node.must[0].nodes if isinstance(one, Term) and one.field == "body"]
    inside = [one.must for one in node.must[0].nodes if isinstance(one, All)]
    assert bodies == []
    assert [(place.value, body.field) for place, body in inside] == [("AKERSHUS/BÆRUM", "body")]


def test_an_everyday_word_is_a_town_only_beside_an_occupation():
    assert ("body", "ski") in fields("ski")
    assert ("place", "AKERSHUS/NORDRE FOLLO") in fields("kokk ski") - fields("ski")


def test_a_partly_folded_word_matches():
    assert ("title_fold", "bussjafor") in fields("bussjafør")
    assert ("title_fold", "bussjafor") not in fields("bussjåfør")


def test_the_only_word_matches_inflected_forms_in_the_body_if_it_is_its_own_stem():
    assert ("body_stem", "student") in fields("student")
    assert ("body_stem", "lær") not in fields("lære")


def test_a_place_scores_in_a_title_as_in_the_location():
    found = scores("bergen", "title")
    assert found["bergen"] == scores("bergen", "location")["bergen"] < scores("kokk", "job")["kokk"]


def test_the_company_form_is_stripped_from_an_employers_name():
    assert (
        norwegian.strip_company_form(["kiwi", "norge", "as"]) == norwegian.strip_company_form(["kiwi", "norge"]) == "kiwi norge"
    )
    assert norwegian.strip_company_form(["as"]) == "as"
