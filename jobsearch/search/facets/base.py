"""Base classes of facets. A facet is one class: its parameters, values, labels, filter, counts and document fields.

To add a facet, follow "Add a facet" in docs/how-to.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jobsearch.core.text_values import clean_parameter
from jobsearch.search.analysis.folding import build_comparison_key
from jobsearch.search.conditions import Node, RangesCount, Terms, TermsCount
from jobsearch.search.input_errors import Problem
from jobsearch.search.parameters import Parameters, read_all, read_last
from jobsearch.search.query.personal_data import find_personal_data
from jobsearch.taxonomy import labels
from jobsearch.taxonomy.catalogue import NOT_STATED

if TYPE_CHECKING:
    from jobsearch.vacancies.models import Vacancy

VALUE_LENGTH = 260  # characters of a value: the longest path in the database, and enough for an employer's name
VALUES_PER_FACET = 50
VALUES_READ = 500  # repeated parameters of one name that are read


class Selection(Protocol):
    """What a facet reads of a search: the value of each of its parameters. A SearchQuery is one."""

    def __getitem__(self, parameter: str, /) -> Any: ...


class Ad(NamedTuple):
    """What a facet reads of an ad to be indexed. `employer_name` is without names of contact persons."""

    vacancy: Vacancy
    employer_name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet value as a form shows it, with its label and its number of ads.

    `id` and `widen` are set by the page that shows it: the id of the form control, and the address of the search for the
    whole value while only some of its children are chosen.
    """

    value: str
    label: str
    count: int
    chosen: bool
    children: tuple[Choice, ...] = ()
    id: str = ""
    widen: str = ""

    @property
    def open(self) -> bool:
        """Whether the value or one of its children is chosen, so that the children are shown."""
        return self.chosen or any(child.chosen for child in self.children)


class Facet:
    """A facet over a keyword field, of which several values can be chosen: an ad matches with any of them.

    A value that no ad has is a value too: a search with it finds nothing. Left out, it would turn a narrow saved search
    into a search for everything.
    """

    name: ClassVar[str]
    """Its parameter in addresses, and its key in counts."""

    label: ClassVar[str | Promise]
    unknown: ClassVar[str | Promise]
    """Sentence for a value that no ad has, with %s for its label."""

    field: ClassVar[str]
    """The field of the document that is filtered and counted. Also a line of `schema.FIELDS`."""

    listed: ClassVar[tuple[str, ...]] = ()
    """Values that are always shown, in this order; others follow by their number of ads."""

    counted: ClassVar[bool] = True
    """Whether its values have counts, and a part of their own in the panel."""

    buckets: ClassVar[int] = 200
    """More values than the facet can have: an engine silently cuts off the rest."""

    single: ClassVar[bool] = False
    """Whether a value excludes the others: shown as radio buttons, with `any_label` first."""

    any_label: ClassVar[str | Promise] = ""
    long: ClassVar[bool] = False
    """Has so many values that only the chosen ones are counted along with a search, the others by `count_facets`."""

    searchable: ClassVar[bool] = False
    """Whether the panel has an input to find values by a part of their label."""

    open_at_first: ClassVar[bool] = False
    """Whether the panel shows it unfolded before anything is chosen."""

    unfolds: ClassVar[bool] = False
    """Whether the panel shows both levels of a tree where there are few values. Else the lower level of what is chosen."""

    hint: ClassVar[str | Promise] = ""
    """Sentence below its values in the panel."""

    @property
    def positive(self) -> Facet:
        """The facet whose values these are; another one for a filter that excludes them."""
        return self

    # Parameters

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Its parameters, each with the value that means nothing is chosen."""
        return {self.name: ()}

    def parse_parameters(self, params: Parameters, problems: list[Problem]) -> dict[str, Any]:
        """Parameter -> value. Adds to `problems` what could not be used; never raises."""
        typed = (clean_parameter(value, VALUE_LENGTH) for value in read_all(params, self.name)[:VALUES_READ])
        wanted = list(dict.fromkeys(filter(None, typed)))
        # Any text may be a value, so personal data is looked for in it.
        if kind := next(filter(None, map(find_personal_data, wanted)), None):
            problems.append(Problem(self.name, "", kind, blocks=True))
            return {}
        if len(wanted) > VALUES_PER_FACET:
            problems.append(Problem(self.name, "", "too_many"))
        spelled = self.spell_values(wanted[:VALUES_PER_FACET])
        return {self.name: self.order_values(clean_parameter(value, VALUE_LENGTH) for value in spelled)}

    def spell_values(self, values: Collection[str]) -> list[str]:
        """The values as ads have them."""
        return list(values)

    def order_values(self, values: Any) -> Any:
        """The canonical form of the value of its parameter: sorted, each once, no parent beside its child."""
        chosen = set(values)
        return tuple(sorted(chosen - {self.get_parent(value) for value in chosen}))

    def format_parameters(self, query: Selection) -> list[tuple[str, str]]:
        """Names and values in an address, defaults left out."""
        return [(self.name, value) for value in query[self.name]]

    def list_chosen(self, query: Selection) -> tuple[str, ...]:
        """The chosen values as text."""
        chosen: tuple[str, ...] = query[self.name]
        return chosen

    def add_value(self, query: Selection, value: str) -> dict[str, Any]:
        """Parameters with this value chosen too; a child replaces its chosen parent, a parent its chosen children."""
        above = self.get_parent(value)
        kept = (other for other in query[self.name] if other != above and self.get_parent(other) != value)
        return {self.name: (*kept, value)}

    def remove_value(self, query: Selection, value: str | int | None) -> dict[str, Any]:
        """Parameters without this value; without any for None."""
        return {self.name: () if value is None else tuple(other for other in query[self.name] if other != value)}

    # Values and labels

    def get_parent(self, value: str) -> str:
        """The value that contains this one, "" for none."""
        return ""

    def is_known(self, value: str) -> bool:
        """Whether the value is in the catalogue. Ads may have others too: a foreign country, any employer."""
        return value == NOT_STATED or value in self.listed

    def label_value(self, value: str) -> str:
        """The value's label below the facet's own heading."""
        return labels.translate_value(value)

    def label_chip(self, value: str) -> str:
        """The value's label without that heading: among chosen values of other facets."""
        if value == NOT_STATED:
            return _("%(facet)s ikke oppgitt") % {"facet": self.label}
        return self.label_value(value)

    def label_in_sentence(self, value: str) -> str:
        """The value's label in the middle of a sentence, where only names and abbreviations have a capital."""
        label = self.label_value(value)
        return label if label[1:2].isupper() else label[:1].lower() + label[1:]

    def label_removal(self, value: str) -> str:
        """The value's label after the word "without"."""
        return self.label_chip(value)

    # Filter and counts

    def build_filter(self, query: Selection, now: dt.datetime) -> Node | None:
        """The condition of the chosen values, None for none."""
        values = self.list_chosen(query)
        return Terms(self.field, values) if values else None

    def build_count(self, query: Selection, now: dt.datetime) -> TermsCount | RangesCount | None:
        """What to count along with a search."""
        if not self.long:
            return self.build_full_count(query, now)
        chosen = self.list_chosen(query)
        return TermsCount(self.field, len(chosen), chosen) if chosen else None

    def build_full_count(self, query: Selection, now: dt.datetime) -> TermsCount | RangesCount:
        """What to count to get every value."""
        return TermsCount(self.field, self.buckets)

    def build_typed_count(self, query: Selection, now: dt.datetime, typed: str) -> TermsCount | RangesCount | None:
        """What to count to get at least the values with these letters in their label, and the chosen ones; None for nothing.

        `select_counts` takes out the others.
        """
        return self.build_full_count(query, now)

    def read_counts(self, raw: Mapping[str, int]) -> dict[str, int]:
        """Value -> number of ads, from what the engine counted."""
        return dict(raw)

    def select_counts(self, counts: Mapping[str, int], typed: str) -> Mapping[str, int]:
        """For a long facet the counts of values with these letters in their label, so that it makes choices of no others."""
        return counts

    def list_choices(self, counts: Mapping[str, int], query: Selection, *, folded: bool = False) -> list[Choice]:
        """The facet's values for a form; chosen ones are included even without ads.

        `folded`: only values that are open have their children, since a page shows no others.
        """
        chosen = self.list_chosen(query)
        others = sorted({*counts, *chosen} - {*self.listed, NOT_STATED}, key=lambda value: (-counts.get(value, 0), value))
        values = [*self.listed, *others]
        if counts.get(NOT_STATED) or NOT_STATED in chosen:
            values.append(NOT_STATED)
        return [self.make_choice(value, counts, chosen) for value in values]

    def make_choice(
        self, value: str, counts: Mapping[str, int], chosen: tuple[str, ...], children: tuple[Choice, ...] = ()
    ) -> Choice:
        return Choice(value, self.label_value(value), counts.get(value, 0), value in chosen, children)

    # Documents

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        """Field of the document -> the ad's values. By default the column of the facet's name."""
        return {self.field: [getattr(ad.vacancy, self.name) or NOT_STATED]}


class SingleFacet(Facet):
    """A facet of which at most one value can be chosen."""

    single = True

    @property
    def defaults(self) -> Mapping[str, Any]:
        return {self.name: None}

    def parse_value(self, value: str) -> Any:
        """The value of the parameter from its text; None for what it may not be."""
        return value if value in self.listed else None

    def parse_parameters(self, params: Parameters, problems: list[Problem]) -> dict[str, Any]:
        value = clean_parameter(read_last(params, self.name), 20)
        found = self.parse_value(value)
        if value and found is None:
            problems.append(Problem(self.name, value, "unknown", unknown=self.unknown))
        return {self.name: found}

    def order_values(self, values: Any) -> Any:
        return values

    def format_parameters(self, query: Selection) -> list[tuple[str, str]]:
        return [(self.name, value) for value in self.list_chosen(query)]

    def list_chosen(self, query: Selection) -> tuple[str, ...]:
        value = query[self.name]
        return (str(value),) if value else ()

    def add_value(self, query: Selection, value: str) -> dict[str, Any]:
        return {self.name: self.parse_value(value)}

    def remove_value(self, query: Selection, value: str | int | None) -> dict[str, Any]:
        return dict(self.defaults)

    def list_choices(self, counts: Mapping[str, int], query: Selection, *, folded: bool = False) -> list[Choice]:
        chosen = self.list_chosen(query)
        others = [value for value in chosen if value not in self.listed]
        return [self.make_choice(value, counts, chosen) for value in (*self.listed, *others)]


class TreeFacet(Facet):
    """A facet of paths in two levels. An ad has its path and the path above it, so a level is counted like any other value."""

    last: ClassVar[frozenset[str] | None] = None
    """Values at the end of the upper level, which is then sorted by label in the user's language. None: sorted as `listed`."""

    def list_choices(self, counts: Mapping[str, int], query: Selection, *, folded: bool = False) -> list[Choice]:
        chosen = self.list_chosen(query)
        under: dict[str, set[str]] = {value: set() for value in self.listed}
        for value in {*counts, *chosen} - {NOT_STATED}:
            above = self.get_parent(value)
            under.setdefault(above or value, set())
            if above:
                under[above].add(value)
        found = []
        for value, children in self._sort_upper_level(under):
            if folded and value not in chosen and children.isdisjoint(chosen):
                children = set()
            named = sorted(children, key=lambda child: labels.build_sort_key(self.label_value(child)))
            parts = tuple(self.make_choice(child, counts, chosen) for child in named)
            found.append(self.make_choice(value, counts, chosen, parts))
        if counts.get(NOT_STATED) or NOT_STATED in chosen:
            found.append(self.make_choice(NOT_STATED, counts, chosen))
        return found

    def _sort_upper_level(self, under: Mapping[str, set[str]]) -> Iterable[tuple[str, set[str]]]:
        last = self.last
        if last is None:
            return under.items()
        return sorted(under.items(), key=lambda item: (item[0] in last, labels.build_sort_key(self.label_value(item[0]))))


def quote(text: str) -> str:
    """The text in quotation marks: a value that cannot be read, shown as it was typed."""
    return _("«%(words)s»") % {"words": text}


def match_label(typed: str, find_key: Callable[[str], str] = build_comparison_key) -> Callable[[str], bool]:
    """A function that returns whether a label has these letters. `find_key`: `build_comparison_key`, from a cache.

    Typed without æ, ø and å, "alesund" finds Ålesund; typed with them, "ål" does not find Halden.
    """
    wanted, key = prepare_typed(typed)
    return lambda label: (bool(key) and key in find_key(label)) or wanted in label.casefold()


def prepare_typed(typed: str) -> tuple[str, str]:
    """(text to look for in labels in lower case, key to look for in their comparison keys, "" for none)."""
    wanted = " ".join(typed.split()).casefold()
    return wanted, build_comparison_key(wanted) if wanted.isascii() else ""


def find_choices(choices: Iterable[Choice], typed: str) -> list[Choice]:
    """The choices with these letters in their label or in that of a child; chosen ones stay."""
    matches = match_label(typed)
    found = []
    for choice in choices:
        parts = tuple(part for part in choice.children if part.chosen or matches(part.label))
        if parts or choice.chosen or matches(choice.label):
            found.append(replace(choice, children=parts))
    return found
