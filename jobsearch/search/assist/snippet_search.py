"""Search for the best snippet of a running text, line by line, which stops where no later line can have a better one.

A text of 8,000 characters has 1,300 words: to look at all of them in 25 texts took 30 ms, most of the time of a page. The
result is that of `build_snippet` with every match of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from jobsearch.search.analysis import folding, norwegian
from jobsearch.search.analysis.negation import find_negated, is_english

from .snippets import MatchSpan, Segments, choose_snippet, cut_snippet


class TokenGroups:
    """The groups of a query that each token matches, computed once for all texts of a page.

    `possible`: all groups that a running text can match. `phrases`: words in a row -> groups.
    """

    def __init__(self, match_token: Callable[[str], int], possible: int, phrases: Mapping[tuple[str, ...], int]) -> None:
        self._match_token, self.possible, self._phrases = match_token, possible, phrases
        self._first_words = {phrase[0] for phrase in phrases}
        self._known: set[str] = set()
        self._matching: dict[str, int] = {}

    def select_matching(self, tokens: set[str]) -> dict[str, int]:
        """Those of the tokens that match any group or may begin a phrase, with the groups that they match by themselves."""
        new = tokens - self._known
        self._known |= new
        for token in new:
            bits = self._match_token(token)
            if bits or (self._first_words and norwegian.analyse_word(token).exact in self._first_words):
                self._matching[token] = bits
        return {token: self._matching[token] for token in tokens & self._matching.keys()}

    def match_phrases(self, tokens: Sequence[re.Match[str]]) -> dict[int, int]:
        """Position of each token that is part of a phrase -> the groups of its phrases."""
        if not self._phrases:
            return {}
        found: dict[int, int] = {}
        words = [norwegian.analyse_word(token.group()).exact for token in tokens]
        for position, word in enumerate(words):
            if word in self._first_words:
                for phrase, bits in self._phrases.items():
                    if tuple(words[position : position + len(phrase)]) == phrase:
                        for inside in range(position, position + len(phrase)):
                            found[inside] = found.get(inside, 0) | bits
        return found


def find_best_snippet(text: str, token_groups: TokenGroups, wanted: int) -> Segments:
    """The snippet of a composed text that shows most of the `wanted` groups, or () where it has none of them.

    A word's match in a negation ("ikke fast hjemmekontor") counts only if the text has none outside of one.
    """
    possible = token_groups.possible
    normalised, offsets = folding.normalise_with_offsets(text)
    english = is_english(normalised)
    lines = normalised.split("\n")
    best_score = ((possible & wanted).bit_count(), possible.bit_count(), True)
    stated: list[MatchSpan] = []  # with the phrases, which negations do not concern
    negated: list[MatchSpan] = []
    stated_words = 0
    start = 0
    for number, line in enumerate(lines):
        if groups := token_groups.select_matching(norwegian.list_body_tokens(line)):
            tokens = norwegian.find_tokens(line, running=True)
            in_phrases = token_groups.match_phrases(tokens)
            negated_spans = _find_negated_in_line(lines, number, start, english)
            words_in_line = 0
            for position, token in enumerate(tokens):
                bits, phrase_bits = groups.get(token.group(), 0), in_phrases.get(position, 0)
                if not bits | phrase_bits:
                    continue
                begin, end = start + token.start(), start + token.end()
                if bits and (begin, end) in negated_spans:
                    negated.append(MatchSpan(begin, end, bits))
                    bits = 0
                if bits | phrase_bits:
                    stated.append(MatchSpan(begin, end, bits | phrase_bits))
                    words_in_line |= bits
            stated_words |= words_in_line
            if words_in_line == possible:  # so no negated match of any group counts, and no later line can have more groups
                spans = _restore_positions(stated, offsets)
                choice = choose_snippet(text, spans, wanted)
                if choice and choice.score == best_score:
                    return cut_snippet(text, spans, choice)
        start += len(line) + 1
    spans = _restore_positions(_add_negated(stated, negated, stated_words), offsets)
    choice = choose_snippet(text, spans, wanted)
    return cut_snippet(text, spans, choice) if choice else ()


def _add_negated(stated: list[MatchSpan], negated: list[MatchSpan], stated_words: int) -> list[MatchSpan]:
    """All matches in order, with those in negations whose groups no word outside of one has."""
    groups = {(span.start, span.end): span.groups for span in stated}
    for span in negated:
        if kept := span.groups & ~stated_words:
            groups[span.start, span.end] = groups.get((span.start, span.end), 0) | kept
    return [MatchSpan(*position, bits) for position, bits in sorted(groups.items())]


def _find_negated_in_line(lines: list[str], number: int, start: int, english: bool) -> set[tuple[int, int]]:
    """The spans of negated words of a line, at their positions in the text. A negation looks at most at the lines around it."""
    first = max(0, number - 1)
    offset = start - sum(len(line) + 1 for line in lines[first:number])
    return {(offset + begin, offset + end) for begin, end in find_negated("\n".join(lines[first : number + 2]), english)}


def _restore_positions(spans: list[MatchSpan], offsets: list[int] | None) -> list[MatchSpan]:
    """The spans at their positions in the text before normalisation."""
    if not offsets:
        return spans
    return [MatchSpan(offsets[span.start], offsets[span.end - 1] + 1, span.groups) for span in spans]
