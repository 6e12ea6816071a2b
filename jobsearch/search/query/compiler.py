"""Words -> conditions: in which fields a word may stand, and what each is worth.

Every word must be met in one of the fields (an AND across fields), so the set of hits is right by itself, in date order too.
Scores are multiples of four, see `plan`: title over occupation over employer and place over body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from itertools import combinations
from uuid import UUID

from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES, FUNCTION_WORDS, PLACES, PLAIN, STOP_WORDS
from jobsearch.search.analysis.place_names import TOWNS
from jobsearch.search.analysis.synonyms import Name, is_known_post, is_post
from jobsearch.search.conditions import EVERYTHING, All, Best, Node, Phrase, Prefix, Range, Term, Terms
from jobsearch.search.timestamps import epoch

from .parsed_query import Alternative, Clause, Parsed, Wanted, WantedFacet, WantedName, WantedPhrase, WantedPrefix

NOTHING = Terms("uuid", ())
WHOLE_TITLE, TITLE_PHRASE, WHOLE_EMPLOYER, EMPLOYER_INSIDE = 64, 16, 96, 24
_EXACT = {"title": 64, "job": 28, "employer": 20, "location": 20, "body": 8}
# What is quoted is found where a text denies it too: "ikke fast hjemmekontor".
_QUOTED = {"title": 64, "job": 28, "employer": 20, "location": 20, "body_text": 8}
_STEM = {"title_stem": 56, "joined": 48, "parts": 32, "job_stem": 24, "employer_stem": 16, "body_stem": 4}
# A place says where: in a title it is no more than where the ad is, so that the occupation asked for decides the order.
_PLACE = {"title": 20, "employer": 20, "location": 20}
_FILED, _MENTIONED_TOWN = 20, 16
_APART = 28
_DENIED = 0  # a word that the text only denies: found, but last
_JOINED = {"title_stem": 56, "job_stem": 24}
_FOLDED = {"title_fold": 44, "fold": 12}
_FOLDED_BODY = 4
_SPELLED = {"title_stem": 52, "parts": 28, "job_stem": 20, "employer_stem": 12}
# Another name of what was asked for, each below the word itself in the same field.
_NAMED = {"title_stem": 44, "joined": 40, "job_stem": 16}
_NAMED_WIDE = 24
_NAMED_EMPLOYER = 40
_AS_THEY_ARE = PLAIN | FUNCTION_WORDS
_PARTLY = 6  # letters of a word whose æ, ø and å may be right in part
_WHOLE = 5  # letters of a word that may be met in its other forms by a text, though it is alone
_FEW = 6  # words in which the name of an employer is looked for


def compile_words(parsed: Parsed) -> Node:
    if parsed.uuid:
        return Terms("uuid", (str(parsed.uuid),))
    if parsed.empty:
        return EVERYTHING
    if not parsed.must and not parsed.never:
        return NOTHING
    must = tuple(_any([_alternative(one) for one in group]) for group in parsed.must)
    never = tuple(_alternative(one) for one in parsed.never)
    bonus: list[Node] = []
    if plain := parsed.plain_words:
        bonus.append(Term("title_whole", " ".join(plain), WHOLE_TITLE))
        if len(plain) > 1:
            bonus.append(Phrase("title", plain, TITLE_PHRASE))
        bonus.append(Term("employer_whole", norwegian.bare_name(plain), WHOLE_EMPLOYER))
        if 2 < len(plain) <= _FEW:
            runs = (plain[i:j] for i, j in combinations(range(len(plain) + 1), 2) if 1 < j - i < len(plain))
            bonus += [Term("employer_whole", run, EMPLOYER_INSIDE) for run in dict.fromkeys(map(norwegian.bare_name, runs))]
    return All(must or (EVERYTHING,), never, tuple(bonus))


def visible(now: dt.datetime, excluded: Collection[UUID] = ()) -> Node:
    """Ads whose last day has not passed, without those the record has closed since the index was written.

    The moment is cut to its minute, so that an engine can keep the filter's result: no ad ends within a minute, they all
    end at midnight.
    """
    ends_later = Range("visible_until", least=epoch(now) // 60 * 60 + 1)
    never = (Terms("uuid", tuple(sorted(str(uuid) for uuid in excluded))),) if excluded else ()
    return All((ends_later,), never)


def _any(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Best(tuple(nodes))


def _alternative(clauses: Alternative) -> Node:
    nodes = tuple(_clause(clause) for clause in clauses)
    return nodes[0] if len(nodes) == 1 else All(nodes)


def _clause(clause: Clause) -> Node:
    if isinstance(clause, WantedPhrase):
        if len(clause.words) == 1:
            return Best(tuple(Term(field, clause.words[0], score) for field, score in _QUOTED.items()))
        return Best(tuple(Phrase(field, clause.words, score) for field, score in _QUOTED.items()))
    if isinstance(clause, WantedPrefix):
        return Best(tuple(Prefix(field, clause.start, score) for field, score in _EXACT.items()))
    if isinstance(clause, WantedName):
        return Best(tuple(node for name in clause.names for node in _name(name)))
    if isinstance(clause, WantedFacet):
        return _facet(clause)
    return _word(clause)


def _word(wanted: Wanted) -> Node:
    exact, stem = wanted.word.exact, wanted.word.stem
    # A place is where the ad is, not where its text also mentions: "utvikler Trondheim" is no question about Oslo.
    place = wanted.place or (exact in PLACES and exact not in EVERYDAY_PLACES)
    # A text that mentions an occupation is no post of it: "sykehjemmet har egen kokk".
    body = not place and not wanted.headline
    nodes: list[Node]
    if place:
        nodes = [Term(field, exact, score) for field, score in _PLACE.items()]
        # A town that the ad's own place does not name: its text may, if the ad is in the municipality where the town lies.
        nodes += [All((Term("place", path, _MENTIONED_TOWN), Term("body", exact))) for path in TOWNS.get(exact, ())]
    else:
        nodes = [Term(field, exact, score) for field, score in _EXACT.items() if body or field != "body"]
        # Alone, a word is not met by another form of it in the running text: "lyst til å lære" is no "lærer", and
        # what is left of two words that a suffix rule takes for one would be shown by date, first.
        # A word that the rule left whole is no such word.
        inflected = body and (not wanted.alone or (stem == exact and len(exact) >= _WHOLE))
        nodes += [Term(field, stem, score) for field, score in _STEM.items() if inflected or field != "body_stem"]
        nodes += [Term("body_denied", exact, _DENIED)] * body + [Term("body_denied_stem", stem, _DENIED)] * inflected
    if wanted.headline:
        nodes += _apart(stem)
    for join in wanted.joins:
        nodes += [Term(field, join, score) for field, score in _JOINED.items()]
    nodes += _typed_without_letters(exact, stem, body)
    nodes += [node for name in wanted.also for node in _name(name)]
    return Best(tuple(nodes))


def _facet(clause: WantedFacet) -> Node:
    """Filed as what the words name, or called so where an ad says what and where it is."""
    nodes: list[Node] = [Term(clause.facet, value, _FILED) for value in clause.values]
    if len(clause.words) > 1:
        nodes += [Phrase(field, clause.words, score) for field, score in _PLACE.items()]
    return Best(tuple(nodes))


def _apart(stem: str) -> list[Node]:
    """A compound whose halves stand apart in a title: "barnehageassistent" and "Assistent i barnehage"."""
    head, *modifiers = norwegian.parts(stem) or ("",)
    return [
        All((Term("title_stem", head, _APART), Term("title_stem", modifier)))
        for modifier in modifiers
        if modifier not in STOP_WORDS and modifier != "over" and not head.endswith(modifier)
    ]


def _name(name: Name) -> list[Node]:
    """Another name of what was asked for: in the title, the occupation's names or the employer, never in the text."""
    stems, first = name.stems, name.stems[0]
    if name.kind == "employer":
        return [_each("employer_stem", stems, _NAMED_EMPLOYER)]
    nodes = [_each("title_stem", stems, _NAMED["title_stem"])]
    if name.kind == "short":
        # Wider names of kinds of work also stand in the classification, where they are not this ad's.
        return nodes if len(stems) > 1 else [*nodes, Term("parts", first, _NAMED_WIDE)]
    if len(stems) > 1:
        return [*nodes, Phrase("job", name.words, _NAMED["job_stem"])]
    nodes += [Term(field, first, _NAMED[field]) for field in ("joined", "job_stem")]
    if name.wide:
        nodes.append(Term("parts", first, _NAMED_WIDE))
    return nodes


def _each(field: str, stems: tuple[str, ...], score: int) -> Node:
    """All of them stand in the field, scored as one."""
    first, *rest = dict.fromkeys(stems)
    return All((Term(field, first, score), *(Term(field, stem) for stem in rest))) if rest else Term(field, first, score)


def _typed_without_letters(exact: str, stem: str, body: bool) -> list[Node]:
    """The word as one that should have had æ, ø or å: "larer", "laerer", "sjafor"."""
    if not exact.isalpha() or exact in _AS_THEY_ARE or len(exact) < 3:
        return []
    nodes: list[Node] = []
    if exact.isascii():
        forms = dict.fromkeys((exact, stem))
        nodes += [Term(field, form, score) for form in forms for field, score in _FOLDED.items()]
        if body:
            nodes.append(Term("body_fold", exact, _FOLDED_BODY))
    elif len(exact) >= _PARTLY and not is_known_post(stem) and exact not in PLACES and norwegian.fold(stem) not in FUNCTION_WORDS:
        # Some of the letters were typed and some not: "bussjafør".
        nodes += [Term(field, norwegian.fold(stem), score) for field, score in _FOLDED.items()]
    spelled = exact.replace("ae", "æ").replace("oe", "ø")
    if spelled != exact:
        meant = norwegian.word(spelled)
        nodes += [Term(field, meant.stem, score) for field, score in _SPELLED.items()]
        nodes.append(Term("location", meant.exact, _SPELLED["employer_stem"]))
        if body and not is_post(meant):
            nodes.append(Term("body", meant.exact, _FOLDED_BODY))
    return nodes
