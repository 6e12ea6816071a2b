"""Competing processes: forked from one that has imported the project, since each import takes a second of processor time.

Nothing else is shared: each has connections of its own. Read by `read_results` in the test that starts the program.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from django.db import connections

from tests.servers.live import LiveSite
from tests.servers.processes import end_with_parent


def compete(names: Sequence[str], work: Callable[[str], object]) -> NoReturn:
    """Call `work(name)` in a process for each name, all begun at once, and print what each returns; exits with 1 if one fails."""
    connections.close_all()  # a connection cannot be used by two processes
    sys.stdout.flush()
    begun, begin = os.pipe()
    parent = os.getpid()
    children = [os.fork() or _work(name, work, parent, begun, begin) for name in names]
    os.close(begin)
    statuses = [os.waitpid(child, 0)[1] for child in children]
    sys.exit(int(any(statuses)))


def _work(name: str, work: Callable[[str], object], parent: int, begun: int, begin: int) -> NoReturn:
    code = 1
    try:
        end_with_parent(parent)
        os.close(begin)
        os.read(begun, 1)  # returns when the parent and all children have closed the other end
        os.write(1, f"{json.dumps([name, work(name)])}\n".encode())  # one call, so that no line is cut by another
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)  # not by the way of the parent, which waits for its children


def read_results(site: LiveSite, log: str) -> dict[str, Any]:
    """What each process returned, by its name."""
    return dict(json.loads(line) for line in site.log(log).splitlines() if line.startswith('["'))
