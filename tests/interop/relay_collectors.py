"""The relay example with two collectors of others: one of the applications, one of the component.

Usage: relay_collectors.py PROGRAM

PROGRAM is the built example. Starts two agents of rotel, a server of the relay and an application on each surface, and
compares what came to the one collector with what came to the other.
"""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
LOGIN = "login-of-the-check"
SURFACES = ["web", "mobile", "headless-cli"]
PATIENCE = 60

# What the component's variables begin with.
PREFIX = "T3CODE_RELAY_CLIENT_OTLP_TRACES"


def agent():
    spec = importlib.util.find_spec("rotel")
    return Path(spec.origin).parent / "rotel-agent"


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Collector:
    """An agent that writes its spans into a file."""

    def __init__(self, folder, name):
        self.spans = Path(folder, f"{name}.jsonl")
        self.spans.touch()
        self.log = Path(folder, f"{name}.log").open("w", encoding="utf-8")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        arguments = ["--otlp-http-endpoint", f"127.0.0.1:{port}", "--otlp-grpc-endpoint", f"127.0.0.1:{free_port()}"]
        self.process = subprocess.Popen(
            [agent(), "start", *arguments, "--exporter", "blackhole", "--otlp-with-trace-processor", HERE / "collected.py"],
            env=os.environ | {"SPANS": str(self.spans)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"a collector did not start: {Path(self.log.name).read_text(encoding='utf-8')}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)

    def stop(self):
        """Stops it, after which all that it took is written, and returns that."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()
        return [json.loads(line) for line in self.spans.read_text(encoding="utf-8").splitlines()]


def ids(spans):
    for span in spans:
        yield from (span["trace"], span["span"])
        if span["parent"]:
            yield span["parent"]
        for link in span["links"]:
            yield from link


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        applications, product = Collector(folder, "applications"), Collector(folder, "product")
        try:
            export = ["--login", LOGIN, "--traces", applications.url]
            environment = os.environ | {
                f"{PREFIX}_URL": f"{product.url}/v1/traces",
                f"{PREFIX}_DATASET": "relay-traces",
                f"{PREFIX}_TOKEN": "ingest-only",
            }
            server = subprocess.Popen(
                [program, "broker", *export], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            relay = server.stdout.readline().removeprefix("listening on ").strip()
            for surface in SURFACES:
                subprocess.run(
                    [program, "host", "--relay", relay, "--surface", surface, *export],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    check=True,
                    timeout=PATIENCE,
                )
            server.stdin.close()
            if server.wait(PATIENCE) != 0:
                sys.exit("the server of the relay failed")
        finally:
            left, right = applications.stop(), product.stop()
    of_relay = {span["name"] for span in right}
    of_users = {span["name"] for span in left}
    print(f"{len(left)} spans of the applications and {len(right)} of the component")
    failures = [f"{shared} is in both" for shared in set(ids(left)) & set(ids(right))]
    if "relay.environment.connect" not in of_relay:
        failures.append(f"no connect among {sorted(of_relay)}")
    failures += [f"{name} is in the applications' collector" for name in of_users if name.startswith("relay.")]
    failures += [f"{name} is in the component's collector" for name in of_relay if name.startswith("user.")]
    if not any(name.startswith("user.") for name in of_users):
        failures.append(f"no span of a user among {sorted(of_users)}")
    if len({span["service"] for span in right}) != len(SURFACES) + 1:
        failures.append("a surface is missing")
    if failures:
        sys.exit("\n".join(failures))


main()
