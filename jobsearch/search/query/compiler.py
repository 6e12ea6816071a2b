"""Query compiler: turns a parsed query into conditions, which say in which fields a word may match and with what score.

Every word has to match in at least one field (AND across fields), so the set of hits is the same in every sort order. Scores
are multiples of four, see `conditions`: title above occupation, above employer and place, above the body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from itertools import combinations
from uuid import UUID

from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis.folding import fold
from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES, FUNCTION_WORDS, PLACES, PLAIN
from jobsearch.search.analysis.place_names import REGIONS, TOWNS
from jobsearch.search.analysis.synonyms import Synonym, is_listed_occupation, is_occupation
from jobsearch.search.conditions import EVERYTHING, All, Best, Constant, Node, Phrase, Prefix, Range, Term, Terms
from jobsearch.search.timestamps import epoch

from .compounds import list_split_stems
from .numbers import is_reference_token
from .parsed_query import (
    Alternative,
    Clause,
    CompoundClause,
    FacetClause,
    ParsedQuery,
    PhraseClause,
    PrefixClause,
    SynonymClause,
    Wish,
    WordClause,
)
from .wishes import list_demands, list_denials

NOTHING = Terms("uuid", ())
WHOLE_TITLE, TITLE_PHRASE, WHOLE_EMPLOYER, EMPLOYER_INSIDE = 64, 16, 128, 24
# Above the difference that the words make: an ad that says what was wished for is first, then one that is trained, then the rest.
_WISH_STATED, _WISH_TAUGHT = 512, 256
_EACH_OF_LIST = 128  # for each item of a list that an ad matches

# Field -> score of a word in it.
_EXACT_SCORES = {"title": 80, "job": 28, "employer": 20, "location": 20, "body": 8}
# A quoted phrase also matches where the text negates it: "ikke fast hjemmekontor".
_QUOTED_SCORES = {"title": 80, "job": 28, "employer": 20, "location": 20, "body_text": 8}
_STEM_SCORES = {"title_stem": 72, "joined": 60, "parts": 44, "job_stem": 24, "employer_stem": 16, "body_stem": 4}
# A place states where the ad is. In a title it scores no more than in the location, so that the occupation decides the order.
_PLACE_SCORES = {"title": 20, "employer": 20, "location": 20}
_FACET_VALUE_SCORE, _TOWN_IN_BODY_SCORE = 20, 16
_SPLIT_COMPOUND_SCORE = 40
_REFERENCE_SCORE = 80
_NEGATED_SCORE = 0  # a word that the text only negates: the ad is a hit, but the last one
_JOINED_SCORES = {"title_stem": 72, "job_stem": 24, "employer_stem": 16}
_FOLDED_SCORES = {"title_fold": 64, "fold": 12}
_FOLDED_BODY_SCORE = 4
_DIGRAPH_SCORES = {"title_stem": 68, "parts": 40, "job_stem": 20, "employer_stem": 12}  # typed with "ae" or "oe"
# A synonym in a title scores below the word itself in any form there: for "sjef", "Butikksjef" comes before "Leder".
_SYNONYM_SCORES = {"title_stem": 36, "joined": 32, "job_stem": 16}
_SYNONYM_IN_COMPOUND_SCORE = 20
_SYNONYM_EMPLOYER_SCORE = 40
_SYNONYM_BODY_SCORE = 4

_HOUR = 3600
_NEVER_FOLDED = PLAIN | FUNCTION_WORDS
_MIN_LETTERS_PARTLY_FOLDED = 6  # letters of a word that may have some of its æ, ø and å and lack others
_MIN_LETTERS_INFLECTED = 5  # letters of the only word of a query, from which its inflected forms in the body match too
_MAX_WORDS_WITH_EMPLOYER = 6  # words of a query in which an employer's name is looked for


def compile_conditions(parsed: ParsedQuery) -> Node:
    """The condition that an ad has to fulfil to match the parsed query, with scores for relevance."""
    if parsed.uuid:
        return Terms("uuid", (str(parsed.uuid),))
    if parsed.empty:
        return EVERYTHING
    if not parsed.must and not parsed.never and not parsed.wishes:
        return NOTHING
    must = tuple(_any_of([_compile_alternative(alternative) for alternative in group]) for group in parsed.must)
    never = tuple(_compile_alternative(alternative) for alternative in parsed.never)
    bonus = _list_bonuses(parsed)
    for items in parsed.choices:
        bonus += [Constant(_any_of([_compile_alternative(one) for one in alternatives]), _EACH_OF_LIST) for alternatives in items]
    if parsed.wishes:
        never += (Terms("requirement", tuple(demand for wish in parsed.wishes for demand in list_demands(wish))),)
        stated = [_compile_wish(wish) for wish in parsed.wishes]
        bonus += stated
        if parsed.is_open and not all(wish.is_condition for wish in parsed.wishes):
            must += (Constant(Best(tuple(stated)), 0),)
    return All(must or (EVERYTHING,), never, tuple(bonus))


def _list_bonuses(parsed: ParsedQuery) -> list[Node]:
    """What adds to the score of a hit: its whole title, a part of its title or its employer's whole name is typed."""
    bonus: list[Node] = []
    plain, typed = parsed.plain_words, parsed.typed_words
    titles = dict.fromkeys(form for words in (typed, plain) if words for form in (" ".join(words), fold(" ".join(words))))
    if titles:
        bonus.append(_any_of([Term("title_whole", title, WHOLE_TITLE) for title in titles]))
    if plain:
        if len(plain) > 1:
            bonus.append(Phrase("title", plain, TITLE_PHRASE))
        employers = dict.fromkeys(norwegian.strip_company_form(words) for words in (plain, typed) if words)
        bonus.append(_any_of([Term("employer_whole", employer, WHOLE_EMPLOYER) for employer in employers]))
        if 2 < len(typed) <= _MAX_WORDS_WITH_EMPLOYER:
            runs = (typed[i:j] for i, j in combinations(range(len(typed) + 1), 2) if 1 < j - i < len(typed))
            names = dict.fromkeys(map(norwegian.strip_company_form, runs))
            bonus += [Term("employer_whole", name, EMPLOYER_INSIDE) for name in names]
    return bonus


def _compile_wish(wish: Wish) -> Node:
    """Ads that say that the requirement does not apply, or that they teach what it requires."""
    terms = [
        Term("requirement", word, _WISH_TAUGHT if word.startswith("teaches-") else _WISH_STATED) for word in list_denials(wish)
    ]
    return Best(tuple(terms))


def build_visibility_filter(now: dt.datetime, excluded: Collection[UUID] = ()) -> Node:
    """Ads whose last day has not passed, without those that the database has closed since the index was written.

    The moment is cut to its hour, so that an engine can cache the filter's result. No ad ends within an hour: all end at
    midnight in Oslo, which is a whole hour of UTC (`visibility.compute_visible_until`).
    """
    ends_later = Range("visible_until", least=epoch(now) // _HOUR * _HOUR + 1)
    never = (Terms("uuid", tuple(sorted(str(uuid) for uuid in excluded))),) if excluded else ()
    return All((ends_later,), never)


def _any_of(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Best(tuple(nodes))


def _compile_alternative(clauses: Alternative) -> Node:
    nodes = tuple(_compile_clause(clause) for clause in clauses)
    return nodes[0] if len(nodes) == 1 else All(nodes)


def _compile_clause(clause: Clause) -> Node:
    if isinstance(clause, PhraseClause):
        if len(clause.words) == 1:
            return Best(tuple(Term(field, clause.words[0], score) for field, score in _QUOTED_SCORES.items()))
        return Best(tuple(Phrase(field, clause.words, score) for field, score in _QUOTED_SCORES.items()))
    if isinstance(clause, PrefixClause):
        return Best(tuple(Prefix(field, clause.prefix, score) for field, score in _EXACT_SCORES.items()))
    if isinstance(clause, CompoundClause):
        # "ikke helg" excludes no ad of Helgeland.
        places = tuple(sorted(name for name in (*PLACES, *REGIONS, *TOWNS) if name.startswith(clause.word)))
        compounds = Prefix("title", clause.word)
        return All((compounds,), (Terms("title", places),)) if places else compounds
    if isinstance(clause, SynonymClause):
        return Best(tuple(node for synonym in clause.synonyms for node in _compile_synonym(synonym)))
    if isinstance(clause, FacetClause):
        return _compile_facet(clause)
    return _compile_word(clause)


def _compile_word(clause: WordClause) -> Node:
    exact, stem = clause.word.exact, clause.word.stem
    # A place is where the ad is, not a place that its text also mentions: "utvikler Trondheim" does not match an ad in Oslo.
    is_place = clause.is_place or (exact in PLACES and exact not in EVERYDAY_PLACES)
    # A text that mentions an occupation is not of that occupation: "sykehjemmet har egen kokk".
    in_body = not is_place and not clause.headline_only
    nodes: list[Node]
    if is_place:
        nodes = [Term(field, exact, score) for field, score in _PLACE_SCORES.items()]
        # A town that the ad's location does not name may be in its text, if the ad is in the municipality of the town.
        nodes += [All((Term("place", path, _TOWN_IN_BODY_SCORE), Term("body", exact))) for path in TOWNS.get(exact, ())]
    else:
        nodes = [Term(field, exact, score) for field, score in _EXACT_SCORES.items() if in_body or field != "body"]
        # The only word of a query does not match another inflected form in the body: "lyst til å lære" is no "lærer", and
        # in date order such ads would come first. A word that the stemmer leaves unchanged has no such false forms.
        inflected = in_body and (not clause.alone or (stem == exact and len(exact) >= _MIN_LETTERS_INFLECTED))
        nodes += [Term(field, stem, score) for field, score in _STEM_SCORES.items() if inflected or field != "body_stem"]
        if in_body and not clause.stated:
            nodes.append(Term("body_denied", exact, _NEGATED_SCORE))
        if inflected and not clause.stated:
            nodes.append(Term("body_denied_stem", stem, _NEGATED_SCORE))
    if clause.headline_only:
        nodes += _compile_split_compound(stem)
    for joined_stem in clause.joined_stems:
        nodes += [Term(field, joined_stem, score) for field, score in _JOINED_SCORES.items()]
    if is_reference_token(exact):
        nodes.append(Term("reference", exact, _REFERENCE_SCORE))
    nodes += _compile_folded(exact, stem, in_body)
    nodes += [node for synonym in clause.synonyms for node in _compile_synonym(synonym)]
    return Best(tuple(nodes))


def _compile_facet(clause: FacetClause) -> Node:
    """The facet has one of the values, or title, employer or location contains the words as a phrase."""
    nodes: list[Node] = [Term(clause.facet, value, _FACET_VALUE_SCORE) for value in clause.values]
    if len(clause.words) > 1:
        nodes += [Phrase(field, clause.words, score) for field, score in _PLACE_SCORES.items()]
    return Best(tuple(nodes))


def _compile_split_compound(stem: str) -> list[Node]:
    """Matches a compound whose parts are separate words of a title: "barnehageassistent" and "Assistent i barnehage"."""
    return [
        All((Term("title_stem", head, _SPLIT_COMPOUND_SCORE), Term("title_stem", modifier)))
        for head, modifier in list_split_stems(stem)
    ]


def _compile_synonym(synonym: Synonym) -> list[Node]:
    """Matches a synonym in the title, the occupation's names or the employer; in the body only that of a condition."""
    stems, first = synonym.stems, synonym.stems[0]
    if synonym.kind == "employer":
        return [_all_stems("employer_stem", stems, _SYNONYM_EMPLOYER_SCORE)]
    if synonym.kind == "condition":
        return _compile_condition(synonym)
    nodes = [_all_stems("title_stem", stems, _SYNONYM_SCORES["title_stem"])]
    if synonym.kind == "short":
        # Names of whole kinds of work are also in the classification, where they need not describe this ad.
        return nodes if len(stems) > 1 else [*nodes, Term("parts", first, _SYNONYM_IN_COMPOUND_SCORE)]
    if len(stems) > 1:
        return [*nodes, Phrase("job", synonym.words, _SYNONYM_SCORES["job_stem"])]
    nodes += [Term(field, first, _SYNONYM_SCORES[field]) for field in ("joined", "job_stem")]
    if synonym.wide:
        nodes.append(Term("parts", first, _SYNONYM_IN_COMPOUND_SCORE))
    return nodes


def _compile_condition(synonym: Synonym) -> list[Node]:
    """Matches another name of working hours, a licence or the like, which ads state in their text: "helkontinuerlig"."""
    if len(synonym.stems) > 1:
        return [
            _all_stems("title_stem", synonym.stems, _SYNONYM_SCORES["title_stem"]),
            Phrase("body_text", synonym.words, _SYNONYM_BODY_SCORE),
        ]
    (stem,) = synonym.stems
    scores = _SYNONYM_SCORES | {"parts": _SYNONYM_IN_COMPOUND_SCORE, "body_stem": _SYNONYM_BODY_SCORE}
    return [Term(field, stem, score) for field, score in scores.items()]


def _all_stems(field: str, stems: tuple[str, ...], score: int) -> Node:
    """All of the stems are in the field; scored once."""
    first, *rest = dict.fromkeys(stems)
    return All((Term(field, first, score), *(Term(field, stem) for stem in rest))) if rest else Term(field, first, score)


def _compile_folded(exact: str, stem: str, in_body: bool) -> list[Node]:
    """Matches a word typed without æ, ø or å, or with "ae" and "oe" for them: "larer", "laerer", "sjafor"."""
    if not exact.isalpha() or exact in _NEVER_FOLDED or len(exact) < 3:
        return []
    nodes: list[Node] = []
    if exact.isascii():
        forms = dict.fromkeys((exact, stem))
        nodes += [Term(field, form, score) for form in forms for field, score in _FOLDED_SCORES.items()]
        if in_body:
            nodes.append(Term("body_fold", exact, _FOLDED_BODY_SCORE))
    elif (
        len(exact) >= _MIN_LETTERS_PARTLY_FOLDED
        and not is_listed_occupation(stem)
        and exact not in PLACES
        and fold(stem) not in FUNCTION_WORDS
    ):
        # Some of the letters were typed and some were not: "bussjafør".
        nodes += [Term(field, fold(stem), score) for field, score in _FOLDED_SCORES.items()]
    elif len(exact) >= _MIN_LETTERS_INFLECTED and is_listed_occupation(stem) and fold(stem) not in _NEVER_FOLDED:
        nodes.append(Term("title_stem", fold(stem), _FOLDED_SCORES["title_fold"]))  # a title without them: "Rorlegger sokes"
    with_letters = exact.replace("ae", "æ").replace("oe", "ø")
    if with_letters != exact:
        word = norwegian.analyse_word(with_letters)
        nodes += [Term(field, word.stem, score) for field, score in _DIGRAPH_SCORES.items()]
        nodes.append(Term("location", word.exact, _DIGRAPH_SCORES["employer_stem"]))
        if in_body and not is_occupation(word):
            nodes.append(Term("body", word.exact, _FOLDED_BODY_SCORE))
    return nodes
