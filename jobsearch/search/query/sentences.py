"""Sentences as queries: finds the words of "hvem søker elektriker i Voss" that are not searched for.

A word of the lists is left out only in a sentence ("jeg", "flytter"), and some words only where it also names something else
("erfaring"). The lists are in `sentence_words.toml`, for people to read and extend.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jobsearch.search.analysis import norwegian, synonyms

from . import combinations
from .parsed_query import QueryItem
from .sentence_lists import DIGITS, load_sentence_lists, rank_common_word

MAX_COMMON_WORDS = 6
"""Words of one query that may be left out where nothing is found."""

_WEAK_MARKERS = 2  # weak markers that make a sentence


def mark_phrases(items: Sequence[QueryItem]) -> None:
    """Marks the words of phrases, before places and lists are recognised: "vil heim til Voss" is about one place."""
    for index in _find_phrases([get_word(item) for item in items]):
        items[index].in_phrase = True


def find_fillers(items: Sequence[QueryItem]) -> Iterator[frozenset[int]]:
    """Sets of items that may be left out together, the largest first: the first that leaves an item is to be used."""
    words = [get_word(item) for item in items]
    phrases = {index for index, item in enumerate(items) if item.in_phrase and words[index]}
    listed = {index for index, word in enumerate(words) if rank_common_word(word) is not None and not items[index].entity}
    if not phrases and not (listed and _is_sentence(items, words)):
        return
    names = _find_names(items)
    phrases -= {index for index in names if rank_common_word(words[index]) is not None and len(words[index]) > 1}
    listed -= names | _find_compound_parts(words)
    beside = listed | phrases
    if any(_is_content(item) for index, item in enumerate(items) if index not in beside):
        yield frozenset(beside)
    yield frozenset({index for index in listed if rank_common_word(words[index]) == 0} | phrases)


def find_common_words(items: Sequence[QueryItem]) -> list[QueryItem]:
    """The items that may be left out where nothing is found, the least specific one first; never all items.

    They are words of the lists outside a sentence, such as "spennende kokk". Alternatives ("a OR b") and words of
    names are kept.
    """
    kept = {index for index, item in enumerate(items) if item.either}
    kept |= {index - 1 for index in kept} | {index for index, item in enumerate(items) if item.entity}
    ranked = [
        (rank, index)
        for index, item in enumerate(items)
        if index not in kept and (word := get_word(item)) and (rank := rank_common_word(word)) is not None
    ]
    if not ranked:
        return []
    names = _find_names(items)
    ranked = sorted((rank, index) for rank, index in ranked if index not in names)
    others = [item for index, item in enumerate(items) if all(index != common for _rank, common in ranked)]
    if not any(map(_is_content, others)):
        ranked = [(rank, index) for rank, index in ranked if not rank]
    return [items[index] for _rank, index in ranked][:MAX_COMMON_WORDS] if any(not item.minus for item in others) else []


def get_word(item: QueryItem) -> str:
    """The exact word of an item that may be left out; "" for a phrase, an excluded word, a list or an acronym."""
    words = item.words
    if not item.plain or item.minus or item.extra_alternatives or len(words) != len(item.clauses):
        return ""
    if len(words) == 1:
        return words[0].exact
    exact = [word.exact for word in words]
    return "åring" if len(exact) == 2 and exact[0].isdigit() and exact[1] in {"åring", "years", "year"} else ""


def _find_names(items: Sequence[QueryItem]) -> set[int]:
    """Indexes of words with a capital inside the sentence ("jobb hos If", "WHO") and of words of names in the lists."""
    typed = [item.text for item in items]
    names = set()
    if any(text[:1].islower() for text in typed):
        for index, text in enumerate(typed):
            begins = not index or typed[index - 1].endswith((".", "!", "?", ":")) or items[index].listed
            is_pronoun = get_word(items[index]) in load_sentence_lists().strong
            if (text[:1].isupper() and not begins and not is_pronoun) or (text.isupper() and len(text) > 1):
                names.add(index)
    longest = synonyms.longest_name_length()
    for start in range(len(items)):
        words: list[norwegian.Word] = []
        for end in range(start, min(len(items), start + longest)):
            if not items[end].plain or items[end].minus:
                break
            words += items[end].words
            if end > start and synonyms.find_synonyms(tuple(words)):
                names |= set(range(start, end + 1))
    return names


def _find_compound_parts(words: Sequence[str]) -> set[int]:
    """Indexes of neighbouring words that are an occupation when written together: "student assistent"."""
    parts: set[int] = set()
    for index in range(len(words) - 1):
        if words[index] and words[index + 1] and _has_common_word(words[index : index + 2]):
            compound = norwegian.join_compound(words[index], words[index + 1])
            if synonyms.is_listed_occupation(compound):
                parts |= {index, index + 1}
    return parts


def _has_common_word(words: Sequence[str]) -> bool:
    return any(rank_common_word(word) is not None for word in words)


def _is_sentence(items: Sequence[QueryItem], words: Sequence[str]) -> bool:
    lists = load_sentence_lists()
    if any(item.plain and item.text.endswith("?") for item in items):
        return True
    return any(word in lists.strong for word in words) or sum(word in lists.weak for word in words) >= _WEAK_MARKERS


def _is_content(item: QueryItem) -> bool:
    """Whether the item means something else than a place."""
    return not item.minus and combinations.classify_item(item) != "place"


def _find_phrases(words: Sequence[str]) -> set[int]:
    """Indexes of the words of phrases; two phrases may share a word ("kjem frå" and "frå Ukraina")."""
    keys = [DIGITS if word.isdigit() and len(word) <= len("99") else word for word in words]
    phrases_by_first = load_sentence_lists().phrases
    found: set[int] = set()
    for start, key in enumerate(keys):
        phrases = phrases_by_first.get(key, ())
        length = next((len(phrase) for phrase in phrases if _matches(phrase, keys, start)), 0)
        found |= set(range(start, start + length))
    return found


def _matches(phrase: Sequence[frozenset[str]], keys: Sequence[str], start: int) -> bool:
    return start + len(phrase) <= len(keys) and all(keys[start + place] in words for place, words in enumerate(phrase))
