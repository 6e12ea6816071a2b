"""OpenSearch nodes as child processes, single or as a cluster, which tests kill and restart with their data.

Version 2.19 on a full JDK of 17 or newer, which compiles the launcher once.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import signal
import subprocess
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.opensearch import nodes
from tests.servers import processes
from tests.servers.ports import HOST, free_port, wait_until

VERSION = "2.19"
_LAUNCHER = Path(__file__).with_name("Node.java")


class OwnNode:
    """An OpenSearch node in a child process."""

    def __init__(self, folder: Path, cluster: str, name: str) -> None:
        self.folder, self.cluster, self.name = folder / name, cluster, name
        self.http, self.transport = free_port(), free_port()
        self.url = f"http://{HOST}:{self.http}"
        self.others: list[OwnNode] = []
        self._process: subprocess.Popen[bytes] | None = None
        config = self.folder / "node_1" / "config"
        config.mkdir(parents=True)
        (config / "opensearch.yml").write_text(nodes.CONFIG)

    def start(self) -> None:
        """Starts the node without waiting; `wait` waits until it answers."""
        program, classes = _compile_launcher()
        command = [program, *nodes.SHORT_LIVED, "-Xms384m", "-Xmx384m", "-cp", classes, _LAUNCHER.stem, str(self.folder)]
        command += [nodes.MODULES[VERSION], self.cluster, self.name, str(self.http), str(self.transport)]
        if self.others:
            command.append(",".join(one.name for one in self.others))
            command.append(",".join(f"{HOST}:{one.transport}" for one in self.others))
        self._process = processes.start(command, self.folder / "output")

    def start_again(self) -> None:
        """Starts the node and waits for it, unless it runs."""
        if self._process is None or self._process.poll() is not None:
            self.start()
            self.wait()

    def wait(self, seconds: float = 120) -> None:
        wait_until(self._answers, seconds, f"OpenSearch, see {self.folder}/output")

    def kill(self) -> None:
        """Kills the node, like a loss of power."""
        if self._process:
            processes.kill(self._process)

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Pauses the node: it accepts connections but does not answer, as when it swaps or its disk hangs."""
        if self._process is None:
            raise RuntimeError("the node has not been started")
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=35) as answer:
            return json.load(answer)

    def _answers(self) -> bool:
        if self._process and self._process.poll() is not None:
            raise nodes.CannotStart((self.folder / "output").read_text()[-1500:])
        with contextlib.suppress(OSError, ValueError):
            return bool(self.get("/_cluster/health?wait_for_status=yellow&timeout=1s")["cluster_name"] == self.cluster)
        return False


def _compile_launcher() -> tuple[str, str]:
    """(Java, class path with the compiled launcher). Compiled at each start, it took a sixth of the node's processor time."""
    program, small = nodes.find_java(nodes.MIN_JAVA[VERSION])
    if small:
        raise nodes.CannotStart("The launcher needs a JDK with its compiler: apt-get install default-jdk.")
    library = nodes.fetch_jars(VERSION)
    folder = library.with_name(f"launcher-{zlib.crc32(_LAUNCHER.read_bytes()):08x}")  # another checkout's may be another
    if not (folder / f"{_LAUNCHER.stem}.class").exists():
        # Debian's runtime has the compiler as a module, without the program `javac`.
        jars = ":".join(map(str, library.glob("*.jar")))  # only the program `javac` knows `*`
        command = [program, "-m", "jdk.compiler/com.sun.tools.javac.Main", "-d", str(folder), "-cp", jars, str(_LAUNCHER)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240)
        if done.returncode:
            raise nodes.CannotStart(f"The launcher cannot be compiled: {done.stderr[-1500:]}")
    return program, f"{library}/*:{folder}"


@contextlib.contextmanager
def cluster(size: int) -> Iterator[list[OwnNode]]:
    """Starts nodes that form a cluster; ends them and deletes their data at the end of the block."""
    folder = processes.folder_for("cluster")
    name = f"test-{secrets.token_hex(4)}"
    cluster_nodes = [OwnNode(folder, name, f"node{number}") for number in range(1, size + 1)]
    try:
        for node in cluster_nodes:
            node.others = cluster_nodes if size > 1 else []
            node.start()
        for node in cluster_nodes:
            node.wait()
        yield cluster_nodes
    finally:
        for node in cluster_nodes:
            node.kill()
        shutil.rmtree(folder, ignore_errors=True)
