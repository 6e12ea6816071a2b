"""Chromium executable and flags for browser tests and screenshots."""

import os
import shutil

WHOLE_CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or WHOLE_CHROMIUM
"""The headless shell: the same engine without a browser's windows. It takes a third of the processor time, and keeps no page in
memory for the way back (the back/forward cache)."""
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
).split()
