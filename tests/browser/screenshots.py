"""Takes the screenshots of docs/screenshots: `python -m tests.browser.screenshots` (about four minutes on two cores).

Runs a small demo of its own in a temporary folder and visits it as a phone and a desktop do, in both schemes. A picture has at
most 64 colours; all of them together have less than LIMIT bytes. Those of `before` are of 28 November 2026 and stay.
"""

from __future__ import annotations

import base64
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.browser.chromium import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "screenshots"
SIZES = {390: 844, 1280: 900, 1600: 900}
SCHEMES = ("light", "dark")
LIMIT = 2_500_000  # bytes
NAMES = {
    "home": "Front page",
    "results": "Results with filters",
    "filters": "Filters open on a phone",
    "suggestions": "Suggestions while typing",
    "split": "An ad beside the list, on a wide screen",
    "ad": "An ad",
    "inactive": "An ad that has ended",
    "nothing": "No hits, and the filters that can be dropped",
    "landing": "Landing page of an occupation and a place",
    "employer": "An employer",
    "market": "The market",
    "login": "Login by a code",
    "board": "Bookmarks of an account, by state",
    "searches": "Saved searches, with new ads and alerts",
    "account": "The account",
    "error": "A page that does not exist",
}
PRIVATE = ("board", "searches", "account")
ONLY_AT = {"filters": (390,), "split": (1600,)} | dict.fromkeys(("market", "login", *PRIVATE), (390, 1280))
ADDRESS = "rekrutterer@example.no"  # the demo's recruiter
SAVED = ("q=sykepleier&place=VESTLAND", "q=l%C3%A6rer", "occupation=Helse+og+sosial", "q=kokk&place=OSLO")
BEFORE = ("home", "results", "ad", "nothing")
SEARCH = "/?q=sykepleier&place=VESTLAND&extent=Heltid"
NO_HITS = "/?q=sykepleier+hjemmetjenesten&place=NORDLAND&extent=Deltid&deadline=asap"
LANDING = "/jobb/sykepleier-i-bergen/"
UNKNOWN = "/stilling/00000000-0000-4000-8000-000000000000/"

# The most frequent colours of an image, and for each pixel the nearest of them.
QUANTISE = """async ([png, most]) => {
  const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const pixels = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const one of pixels) counts.set(one, (counts.get(one) || 0) + 1);
  const parts = one => [one & 255, (one >> 8) & 255, (one >> 16) & 255];
  const far = (a, b) => a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
  const palette = [];
  for (const [one] of [...counts].sort((a, b) => b[1] - a[1])) {
    if (palette.length === most) break;
    if (palette.every(kept => far(kept, parts(one)) > 150)) palette.push(parts(one));
  }
  const nearest = new Map();
  for (const one of counts.keys()) {
    const rgb = parts(one);
    nearest.set(one, palette.reduce((best, kept, i) => (far(kept, rgb) < far(palette[best], rgb) ? i : best), 0));
  }
  let text = "";
  for (const one of pixels) text += String.fromCharCode(nearest.get(one));
  return { width, height, palette, pixels: btoa(text) };
}"""
MOST_COLOURS = 64


def small(drawing: Page, png: bytes) -> bytes:
    """Convert an image to a PNG with a palette."""
    found = drawing.evaluate(QUANTISE, [base64.b64encode(png).decode(), MOST_COLOURS])
    width, height, pixels = found["width"], found["height"], base64.b64decode(found["pixels"])
    rows = b"".join(b"\0" + pixels[row * width : (row + 1) * width] for row in range(height))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(part for colour in found["palette"] for part in colour)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


@contextmanager
def own_demo(folder: Path) -> Iterator[str]:
    """Start a demo and wait until it has read its whole feed; yields its address."""
    command = [sys.executable, "-u", "manage.py", "demo", "--data", str(folder), "--active", "2500", "--lines", "9000"]
    demo = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = ""
    try:
        for line in demo.stdout or ():
            said += line
            if line.startswith("At the head"):
                break
        else:
            raise SystemExit(f"The demo stopped:\n{said}")
        yield re.findall(r"is at\s+(\S+)", said)[0]
    finally:
        demo.terminate()
        demo.wait(timeout=60)


def ended(folder: Path) -> str:
    """Wait for an ad that the feed closes; returns the address of its page."""
    for _ in range(120):
        with closing(sqlite3.connect(f"file:{folder / 'db.sqlite3'}?mode=ro", uri=True)) as database:
            found = database.execute(
                "SELECT uuid FROM vacancies_vacancy WHERE closed_at IS NOT NULL ORDER BY (title = ''), closed_at DESC LIMIT 1"
            ).fetchone()
        if found:
            return f"/stilling/{UUID(found[0])}/"
        time.sleep(1)
    raise SystemExit("No ad has ended.")


def show(page: Page, name: str, addresses: dict[str, str]) -> None:
    """Open the page of this name, in the state that its picture shows."""
    page.goto(addresses.get(name, SEARCH))
    if name == "suggestions":
        page.locator("#q").press_sequentially("sykepleier be")
        page.locator("#forslag [role=option]").first.wait_for()
        page.keyboard.press("ArrowDown")
    elif name == "filters":
        page.locator(".filter-opener").click()
        page.locator("#filtre").wait_for()
    elif name == "split":
        page.locator(".card-title a").nth(1).click()
        page.locator("#annonse h1").first.wait_for()


def find_addresses(page: Page) -> dict[str, str]:
    """The addresses of the pages that are shown, by name. An ad and its employer are found by a search."""
    page.goto(SEARCH)
    ad = page.locator(".card-title a").first.get_attribute("href") or ""
    page.goto(ad)
    employer = page.locator("a[href*='/arbeidsgiver/']").first.get_attribute("href") or ""
    addresses = {"home": "/", "suggestions": "/", "nothing": NO_HITS, "landing": LANDING, "error": UNKNOWN}
    addresses |= {
        "market": "/marked/",
        "login": "/logg-inn/",
        "board": "/lagret/",
        "searches": "/lagrede-sok/",
        "account": "/konto/",
    }
    return addresses | {"ad": ad, "employer": employer}


def log_in(page: Page) -> None:
    """Log in by the code in the last mail, as the demo shows it."""
    page.goto("/logg-inn/")
    page.locator("input[name=email]").fill(ADDRESS)
    page.get_by_role("button", name="Send kode").click()
    mailbox = page.context.new_page()
    mailbox.goto("/demo/mail/")
    code = re.findall(r"\b\d{4}-\d{4}\b", mailbox.locator("main").inner_text())[0]
    mailbox.close()
    page.locator("input[name=code]").fill(code)
    page.locator("main button.button").first.click()
    page.wait_for_url(lambda url: "/logg-inn/" not in url)


def fill_account(site: str, browser: Browser, folder: Path) -> StorageState:
    """Save searches and bookmarks of an account; returns its session. Some of the ads count as new."""
    page = browser.new_context(base_url=site, locale="nb-NO").new_page()
    log_in(page)
    for number, params in enumerate(SAVED):
        page.goto(f"/?{params}")
        page.locator("details.save summary").click()
        page.locator("details.save form button").click()
        page.locator("a[href*='/lagrede-sok/#sok-']").first.wait_for()
        for button in page.locator("#treff [data-save]").all()[: 3 if number < 2 else 1]:
            with page.expect_response("**/lagret/endre/"):
                button.click()
    page.goto("/lagret/")
    ads = page.locator("[data-bookmark]").evaluate_all("ads => ads.map(ad => ad.dataset.bookmark)")
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=30)) as database:
        for ad, state in zip(ads[3:], ("applied", "applied", "interview", "offer", "rejected"), strict=False):
            database.execute("UPDATE saved_bookmark SET state = ? WHERE vacancy_uuid = ?", (state, UUID(ad).hex))
        database.execute("UPDATE saved_savedsearch SET last_looked = datetime('now', '-2 minutes')")
        database.commit()
    page.goto("/lagrede-sok/")
    page.locator("li.saved-search details.choices summary").first.click()
    page.locator("button[name=frequency][value=daily]").first.click()
    session = page.context.storage_state()
    page.context.close()
    return session


def draw(site: str, inactive: str, folder: Path) -> int:
    """Take all screenshots; returns their size in bytes."""
    weight = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        drawing = browser.new_page()  # on no page of ours: the Content-Security-Policy forbids data: images
        page = browser.new_page(base_url=site, locale="nb-NO")
        addresses = find_addresses(page) | {"inactive": inactive}
        page.close()
        session = fill_account(site, browser, folder)
        for width, height in SIZES.items():
            for scheme in SCHEMES:
                for own in (None, session):
                    page = browser.new_page(
                        base_url=site,
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,
                        locale="nb-NO",
                        storage_state=own,
                    )
                    for name in NAMES:
                        if width not in ONLY_AT.get(name, SIZES) or (name in PRIVATE) != (own is not None):
                            continue
                        show(page, name, addresses)
                        picture = small(drawing, page.screenshot())
                        (FOLDER / f"{name}-{width}-{scheme}.png").write_bytes(picture)
                        weight += len(picture)
                    page.context.close()
        browser.close()
    return weight


def write_list() -> None:
    """Write docs/screenshots/README.md with all screenshots by page."""
    lines = ["# Screenshots", "", "Made by `python -m tests.browser.screenshots`, from the demo."]
    for name, words in NAMES.items():
        lines += ["", f"## {words}"]
        for width in ONLY_AT.get(name, SIZES):
            pictures = [f"![{words}, {width} px, {scheme}]({name}-{width}-{scheme}.png)" for scheme in SCHEMES]
            if width == 390:
                lines += ["", "| 390 px, light | 390 px, dark |", "|---|---|", f"| {' | '.join(pictures)} |"]
            else:
                lines += [f"\n{picture}" for picture in pictures]
    lines += ["", "## Before and after", "", "Left: 28 November 2026, before the present layout. Right: now."]
    for name in BEFORE:
        for width in (390, 1280):
            words = f"{NAMES[name]}, {width} px"
            pictures = f"![{words}, before](before/{name}-{width}.png) | ![{words}, now]({name}-{width}-light.png)"
            lines += ["", "| Before | Now |", "|---|---|", f"| {pictures} |"]
    (FOLDER / "README.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="screenshots-") as kept:
        with own_demo(Path(kept)):
            pass  # suggestions use words that were in the index when a process started: the second start has all
        with own_demo(Path(kept)) as address:
            weighed = draw(address, ended(Path(kept)), Path(kept))
    write_list()
    sys.stdout.write(f"{len(list(FOLDER.glob('*.png')))} pictures, {weighed:,} bytes\n")
    if weighed >= LIMIT:
        raise SystemExit("They weigh too much.")
