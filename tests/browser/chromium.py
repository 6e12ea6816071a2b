"""Chromium executable and flags for browser tests and screenshots."""

import os
import shutil

WHOLE_CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or WHOLE_CHROMIUM
"""The headless shell: the same engine without a browser's windows. It takes a third of the processor time, and keeps no page in
memory for the way back (the back/forward cache)."""
KEEP_FRAME = "--enable-features=CDPScreenshotNewSurface,RenderDocument:level/crashed-frame"
"""A page opened in a tab uses the frame of the page before. Chromium makes a new frame (its feature RenderDocument), which no
page can see and which takes 26 ms of processor time of 72. The other feature is Playwright's, whose option this replaces."""
NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
"""What a page loads from another host fails, which the console says; most is refused before, by its Content-Security-Policy."""
FLAGS = [
    *"--no-sandbox --disable-gpu --disable-background-networking --disable-component-update".split(),
    *"--disable-sync --no-first-run".split(),
    KEEP_FRAME,
    NO_OTHER_HOST,
]
