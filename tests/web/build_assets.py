"""Builds the font and the icons from their npm packages: `python -m tests.web.build_assets` (npm, fonttools and brotli needed).

The results are committed, so neither setting up nor running the site needs npm. `pip install fonttools brotli` into an
environment of your own first: the project needs them for nothing else.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "static" / "fonts"
SPRITE = ROOT / "templates" / "web" / "_icons.html"
INTER, LUCIDE = "inter-ui@4.1.1", "lucide-static@1.62.0"
LETTERS = "20-7E,A0,A7,AB,AD,B0,B7,BB,C0-FF,2013,2014,2018,2019,201C,201D,2022,2026,20AC,2212"
"""Latin-1 (with æ, ø, å, ä, ö, é) and the usual dashes and quotation marks."""
SAMI = "10C,10D,110,111,143,144,14A,14B,160,161,166,167,17D,17E,1B7,1E4-1E9,1EE,1EF,292"
"""Letters of North, Lule, South and Skolt Sámi."""
ICONS = {
    "back": "chevron-left",
    "bell": "bell",
    "bookmark": "bookmark",
    "briefcase": "briefcase",
    "building": "building-2",
    "calendar": "calendar-plus",
    "clock": "clock",
    "close": "x",
    "filter": "sliders-horizontal",
    "link": "link",
    "locate": "locate-fixed",
    "mail": "mail",
    "menu": "menu",
    "out": "external-link",
    "people": "users",
    "pin": "map-pin",
    "search": "search",
    "share": "share-2",
    "user": "user",
}
"""Our name of an icon -> the name in Lucide."""


def fetch_package(name: str, folder: Path) -> Path:
    """Download and unpack an npm package; returns its folder."""
    npm = shutil.which("npm") or "npm"
    packed = subprocess.run([npm, "pack", "--silent", name], cwd=folder, check=True, capture_output=True, text=True)
    target = folder / name.partition("@")[0]
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def build_font(package: Path) -> int:
    """The subset of Inter SemiBold with its licence; returns its size in bytes."""
    target = FONTS / "inter-semibold-4.1.woff2"
    command = [sys.executable, "-m", "fontTools.subset", str(package / "web" / "Inter-SemiBold.woff2")]
    command += [f"--unicodes={LETTERS},{SAMI}", "--layout-features=kern,tnum,case", "--flavor=woff2", "--no-hinting"]
    subprocess.run([*command, "--desubroutinize", f"--output-file={target}"], check=True)
    shutil.copy(package / "LICENSE.txt", FONTS / "LICENSE.txt")
    return target.stat().st_size


def build_sprite(package: Path) -> int:
    """One inline SVG with a symbol for each icon; returns its size in bytes."""
    lines = ["{# Icons of Lucide, ISC licence, static/icons-LICENSE.txt. Made by tests/web/build_assets.py. #}"]
    lines.append('<svg class="sprite" width="0" height="0" aria-hidden="true">')
    for name, lucide in sorted(ICONS.items()):
        drawing = (package / "icons" / f"{lucide}.svg").read_text()
        shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", drawing)
        lines.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">')
        lines += [
            line for shape in shapes for line in textwrap.wrap(re.sub(r"\s*/>$", "/>", shape), 120, break_on_hyphens=False)
        ] + ["</symbol>"]
    SPRITE.write_text("\n".join(lines) + "\n</svg>\n")
    shutil.copy(package / "LICENSE", ROOT / "static" / "icons-LICENSE.txt")
    return SPRITE.stat().st_size


if __name__ == "__main__":
    FONTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as unpacked:
        font, sprite = build_font(fetch_package(INTER, Path(unpacked))), build_sprite(fetch_package(LUCIDE, Path(unpacked)))
    sys.stdout.write(f"font {font:,} bytes, icons {sprite:,} bytes\n")
