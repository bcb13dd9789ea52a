"""Collectors of others: agents of rotel that write what they take into files."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
PATIENCE = 60


def agent():
    spec = importlib.util.find_spec("rotel")
    return Path(spec.origin).parent / "rotel-agent"


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Collector:
    """An agent that writes what it takes of the signals into a file."""

    def __init__(self, folder, name, signals=("trace",)):
        self.records = Path(folder, f"{name}.jsonl")
        self.records.touch()
        self.log = Path(folder, f"{name}.log").open("w", encoding="utf-8")
        http, grpc = free_port(), free_port()
        self.url = f"http://127.0.0.1:{http}"
        self.grpc_url = f"http://127.0.0.1:{grpc}"
        arguments = ["--otlp-http-endpoint", f"127.0.0.1:{http}", "--otlp-grpc-endpoint", f"127.0.0.1:{grpc}"]
        for signal in signals:
            arguments += [f"--otlp-with-{signal}-processor", HERE / "collected.py"]
        self.process = subprocess.Popen(
            [agent(), "start", *arguments, "--exporter", "blackhole"],
            env=os.environ | {"RECORDS": str(self.records)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + PATIENCE
        for port in (http, grpc):
            self.wait_for(port, deadline)

    def wait_for(self, port, deadline):
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"a collector did not start: {self.told()}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)

    def told(self):
        """What it wrote into its log."""
        return Path(self.log.name).read_text(encoding="utf-8")

    def stop(self):
        """Stops it, after which all that it took is written, and returns that."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()
        return [json.loads(line) for line in self.records.read_text(encoding="utf-8").splitlines()]
