"""Contrast of the colours in the style sheets, in the light and dark colour scheme, by the formula of WCAG 2."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
_NAME = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,6});")
_DARK = TOKENS.index("prefers-color-scheme: dark")
LIGHT = dict(_NAME.findall(TOKENS[:_DARK]))
SCHEMES = {"light": LIGHT, "dark": {**LIGHT, **dict(_NAME.findall(TOKENS[_DARK:]))}}

TEXT = 4.5
SHAPE = 3.0
PAIRS = [
    *[("fg", ground, 7.0) for ground in ("page", "card", "sunk", "tint", "mark", "ok-tint", "warn-tint", "err-tint")],
    *[("mute", ground, TEXT) for ground in ("page", "card", "sunk", "tint")],
    *[("acc", ground, TEXT) for ground in ("page", "card", "sunk", "tint", "mark", "ok-tint", "warn-tint", "err-tint")],
    *[("acc-hover", ground, TEXT) for ground in ("page", "card", "sunk", "tint")],
    ("on-acc", "acc", TEXT),
    ("on-acc", "acc-hover", TEXT),
    *[("visited", ground, TEXT) for ground in ("page", "card", "sunk", "mark")],
    *[("ctl", ground, SHAPE) for ground in ("page", "card", "sunk")],
    *[("focus", ground, SHAPE) for ground in ("page", "card", "sunk", "tint")],
    ("on-lys", "lys", TEXT),
    ("ok", "ok-tint", TEXT),
    ("warn", "warn-tint", TEXT),
    ("err", "err-tint", TEXT),
    *[("err", ground, TEXT) for ground in ("page", "card")],
]
DESIGNED = [
    ("fg", "page", 15.1, 15.7),
    ("mute", "card", 7.0, 8.0),
    ("acc", "card", 7.6, 8.5),
    ("on-acc", "acc", 7.6, 8.5),
    ("acc", "tint", 6.5, 6.3),
    ("ctl", "page", 4.4, 5.8),
    ("on-lys", "lys", 9.5, 10.5),
    ("warn", "warn-tint", 6.1, 8.1),
]
"""Contrasts on which the colours were chosen, in the light and dark scheme."""


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def compute_contrast(scheme: str, front: str, ground: str) -> float:
    colours = SCHEMES[scheme]
    light, dark = sorted((luminance(colours[front]), luminance(colours[ground])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_contrast(scheme, front, ground, least):
    assert compute_contrast(scheme, front, ground) >= least


@pytest.mark.parametrize(("front", "ground", "light", "dark"), DESIGNED)
def test_contrasts_are_the_designed_ones(front, ground, light, dark):
    assert compute_contrast("light", front, ground) == pytest.approx(light, abs=0.06)
    assert compute_contrast("dark", front, ground) == pytest.approx(dark, abs=0.06)


def test_colours_are_defined_in_tokens_css_only():
    """A colour that is no token would be missing in the dark scheme; the print style sheet has its own black and white."""
    for file in CSS.glob("*.css"):
        if file.name not in {"tokens.css", "print.css"}:
            assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(", file.read_text()), file.name


def test_every_used_token_is_defined():
    defined = set(re.findall(r"(--[\w-]+):", TOKENS))
    for file in CSS.glob("*.css"):
        assert set(re.findall(r"var\((--[\w-]+)", file.read_text())) <= defined, file.name
