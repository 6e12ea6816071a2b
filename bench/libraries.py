"""Our own code beside libraries that could replace it: phone numbers, languages, organisation numbers.

    python -m pip install --target /tmp/libraries lingua-language-detector py3langid python-stdnum
    PYTHONPATH=/tmp/libraries python bench/libraries.py phones|languages|orgnr

The decisions that use these figures are docs/decisions/0027 to 0029.
Time is that of the processor. Memory is a process's own (PSS) after its work, less than before the library was imported.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DETECTORS = ("ours", "lingua", "lingua low", "py3langid")
READ = 3000  # characters of a text, as our own detector reads
BEGINNING = 150
SAME = {"mixed": "nb", "no": "nb"}  # Norwegian with a paragraph in English; py3langid's name for bokmål


def compare_phones() -> None:
    """Precision, recall and time of our finder and of `PhoneNumberMatcher` at each leniency, in place of it in the redaction."""
    import phonenumbers

    from jobsearch.vacancies import html, redaction
    from jobsearch.vacancies.redaction.spans import Span
    from tests.vacancies import labelled

    def matcher(leniency: int) -> type:
        class Finder:
            def __init__(self, own: frozenset[str] = frozenset()) -> None:
                """`own` is not used: the matcher takes no numbers that are known beforehand."""

            def find(self, text: str) -> list[Span]:
                found = phonenumbers.PhoneNumberMatcher(text, "NO", leniency=leniency)
                return [(match.start, match.end) for match in found]

        return Finder

    leniency = phonenumbers.Leniency
    finders = {
        "ours": redaction.PhoneFinder,
        "possible": matcher(leniency.POSSIBLE),
        "valid": matcher(leniency.VALID),
        "strict grouping": matcher(leniency.STRICT_GROUPING),
        "exact grouping": matcher(leniency.EXACT_GROUPING),
    }
    texts = [html.extract_text(html.sanitise_html(ad["description"])) for _, ad in compose_ads(1000)]
    for name, finder in finders.items():
        redaction.PhoneFinder = finder  # type: ignore[misc, assignment]
        figures = []
        for half, path in labelled.HALVES.items():
            precision, recall = labelled.measure(path, "phone")
            lines = list(labelled.read_lines(path))
            lost = sum(len(line.list_lost()) for line in lines if line.kind != "phone")
            figures.append(f"{half}: precision {precision:.2f} recall {recall:.2f}, lost from other lines {lost}")
        start = time.process_time()
        for text in texts:
            finder().find(text)
        spent = (time.process_time() - start) / len(texts) * 1000
        print(f"{name:16} {'; '.join(figures)}; {spent:.3f} ms an ad")


def compare_languages() -> None:
    """Each detector in a process of its own, for its memory."""
    for name in DETECTORS:
        subprocess.run([sys.executable, __file__, "languages", "--detector", name], check=True)


def measure_detector(name: str) -> None:
    from tests.vacancies.test_language import TEXTS

    ads = [(known, text[:READ]) for known, text in texts_of_ads(1500)]
    before = memory()
    start = time.process_time()
    detect = DETECTOR_FACTORIES[name]()
    detect("Vi søker kokk til oss.")
    started = time.process_time() - start
    start = time.process_time()
    answers = [detect(text) for _, text in ads]
    spent = (time.process_time() - start) / len(ads) * 1000
    used = max(0.0, memory() - before)
    wrong = count_wrong([(known, answer) for (known, _), answer in zip(ads, answers, strict=True)])
    beginnings = count_wrong([(known, detect(text[:BEGINNING])) for known, text in ads if known != "mixed"])
    short = [(known, detect(text)) for known, texts in TEXTS.items() for text in texts]
    missed = count_wrong(short)
    print(
        f"{name:10} ads {len(ads) - wrong.total()} of {len(ads)} right, wrong {dict(wrong)}\n"
        f"           their first {BEGINNING} characters: wrong {dict(beginnings)}\n"
        f"           short texts {len(short) - missed.total()} of {len(short)} right, wrong {dict(missed)}\n"
        f"           {used:.0f} MB, start {started:.2f} s, {spent:.3f} ms an ad"
    )


def count_wrong(answers: list[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Pairs of the known language and a wrong answer."""
    return Counter((known, answer) for known, answer in answers if SAME.get(known, known) != SAME.get(answer, answer))


def our_detector() -> Callable[[str], str]:
    from jobsearch.vacancies import language

    return language.guess_language


def lingua_detector(low: bool = False) -> Callable[[str], str]:
    """Of the languages of ours, without Northern Sami, which lingua lacks."""
    from lingua import Language, LanguageDetectorBuilder

    codes = {
        Language.BOKMAL: "nb",
        Language.NYNORSK: "nn",
        Language.ENGLISH: "en",
        Language.DANISH: "da",
        Language.SWEDISH: "sv",
        Language.POLISH: "pl",
        Language.LITHUANIAN: "lt",
    }
    builder = LanguageDetectorBuilder.from_languages(*codes)
    detector = (builder.with_low_accuracy_mode() if low else builder).build()

    def detect(text: str) -> str:
        found = detector.detect_language_of(text)
        return codes[found] if found else ""

    return detect


def py3langid_detector() -> Callable[[str], str]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["no", "nn", "en", "da", "sv", "pl", "lt", "se"])

    def detect(text: str) -> str:
        code, probability = identifier.classify(text)
        return str(code) if probability >= 0.5 else ""  # of 0.3 to 0.9, the bound with the fewest errors

    return detect


DETECTOR_FACTORIES: dict[str, Callable[[], Callable[[str], str]]] = {
    "ours": our_detector,
    "lingua": lingua_detector,
    "lingua low": lambda: lingua_detector(low=True),
    "py3langid": py3langid_detector,
}


def compare_organisation_numbers() -> None:
    """What each reads of the ways to write a number, of a number with a wrong check digit, and of the fake feed's employers."""
    from stdnum.no import mva, orgnr

    from jobsearch.vacancies.organisation_numbers import parse_orgnr

    def read(library: object, value: str) -> str:
        try:
            return str(library.validate(value))  # type: ignore[attr-defined]
        except Exception as error:
            return type(error).__name__

    for value in (
        *("988077917", " 988 077 917 ", "988\u00a0077\u00a0917", "988.077.917", "NO 988 077 917 MVA", "no988077917mva"),
        *("988077918", "98807791", "9880779170", "Kro AS", ""),
    ):
        print(f"{value!r:26} ours {parse_orgnr(value)!r:12} orgnr {read(orgnr, value):16} mva {read(mva, value)}")
    numbers = {number for _, ad in compose_ads(1500) if (number := str((ad["employer"] or {}).get("orgnr") or ""))}
    print(f"{len(numbers)} numbers of the fake feed: ours reads {sum(map(bool, map(parse_orgnr, numbers)))}, ", end="")
    print(f"stdnum finds {sum(map(orgnr.is_valid, numbers))} valid")


def compose_ads(number: int) -> list[tuple[str, dict[str, object]]]:
    """Language and content of ads that no rule was tuned on: those of tests/vacancies/test_language.py."""
    from jobsearch.demo.feed_server.ads import compose
    from jobsearch.demo.feed_server.ads.plan import plan_ad

    day = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    ads = range(50_000, 50_000 + number)
    return [(plan_ad(ad, 29).language, compose(ad, published=day, expires=day, updated=day, seed=29)) for ad in ads]


def texts_of_ads(number: int) -> list[tuple[str, str]]:
    from jobsearch.vacancies import html

    return [(known, html.extract_text(html.sanitise_html(str(ad["description"])))) for known, ad in compose_ads(number)]


def memory() -> float:
    """MB of this process and of what only it uses of shared pages."""
    return float(psutil.Process().memory_full_info().pss) / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("phones", "languages", "orgnr"))
    parser.add_argument("--detector", choices=DETECTORS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    if options.detector:
        measure_detector(options.detector)
    elif options.what == "languages":
        compare_languages()
    elif options.what == "phones":
        compare_phones()
    else:
        compare_organisation_numbers()


if __name__ == "__main__":
    main()
