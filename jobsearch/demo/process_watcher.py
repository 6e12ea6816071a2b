"""Watcher of a site's processes, without Django: 12 MB in place of the 90 to 180 MB of the command that started them.

`Supervisor.hand_over` replaces the command's own program by this one. The process stays the same, so the site's processes remain
its children.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jobsearch.demo.supervisor import Supervisor


def main(state: str) -> int:
    """Watches until Ctrl-C or SIGTERM, or until a process ends. `state` is the JSON that `hand_over` writes."""
    read = json.loads(state)
    supervisor = Supervisor(Path(read["logs"]))
    supervisor.adopt(read["processes"])
    return supervisor.watch(read["last_words"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
