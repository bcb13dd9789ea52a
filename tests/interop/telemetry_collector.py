"""A service with nothing but the standard variables, and a collector of others: over each protocol, compressed and not.

Usage: telemetry_collector.py EXPECTED COMMAND [ARGUMENT...]

EXPECTED is a file in JSON with the `spans` that the command makes: of each the name, the name or the id of its parent, and
attributes as texts; and with the names of its `metrics` and of its `logs`, where it has any. They have to arrive once for each run of the
command, and no other span.
"""

import collections
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from collectors import PATIENCE, Collector

SERVICE = "interop-service"
# An attribute of the resource that says which run something is of.
RUN = "interop.run"
RUNS = [(protocol, gzip) for protocol in ("http/protobuf", "http/json", "grpc") for gzip in ("none", "gzip")]


def run(command, collector, expected, protocol, compression):
    exporters = {signal: "otlp" if expected.get(signal) else "none" for signal in ("metrics", "logs")}
    variables = {
        "OTEL_SERVICE_NAME": SERVICE,
        "OTEL_RESOURCE_ATTRIBUTES": f"{RUN}={protocol}%20{compression}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.grpc_url if protocol == "grpc" else collector.url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_COMPRESSION": compression,
        "OTEL_METRICS_EXPORTER": exporters["metrics"],
        "OTEL_LOGS_EXPORTER": exporters["logs"],
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(command, env=inherited | variables, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode != 0 or " WARN " in done.stderr:
        sys.exit(f"over {protocol} with {compression} the service failed:\n{done.stdout}{done.stderr}")


def faults_of_spans(spans, expected):
    """What is wrong with the spans of a run."""
    count = collections.Counter(span["name"] for span in spans)
    wanted = collections.Counter(span["name"] for span in expected)
    if count != wanted:
        yield f"it has {dict(count)}, and not {dict(wanted)}"
        return
    if len({span["trace"] for span in spans}) != 1:
        yield "it has several traces"
    by_name = {span["name"]: span for span in spans}
    for span in expected:
        name, parent = span["name"], span["parent"]
        parent = by_name[parent]["span"] if parent in by_name else parent
        if by_name[name]["parent"] != parent:
            yield f"{name} has another parent than {span['parent']}"
        for key, value in span["attributes"].items():
            found = by_name[name]["attributes"].get(key)
            if found != value:
                yield f"{name} has {key}={found}, and not {value}"


def faults(records, expected):
    """What is wrong with a run."""
    of = collections.defaultdict(list)
    for record in records:
        of[record["signal"]].append(record)
        if record["resource"].get("service.name") != SERVICE:
            yield f"{record['name']} is of {record['resource']}"
    yield from faults_of_spans(of["span"], expected["spans"])
    for signal, names in (("metric", expected.get("metrics", [])), ("log", expected.get("logs", []))):
        found = {record["name"] for record in of[signal]}
        yield from (f"the {signal} {name} is missing" for name in names if name not in found)


def main():
    expected = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    command = sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        collector = Collector(folder, "all", ("trace", "metrics", "logs"))
        try:
            for protocol, compression in RUNS:
                run(command, collector, expected, protocol, compression)
        finally:
            records = collector.stop()
    failed = False
    for protocol, compression in RUNS:
        name = f"{protocol} {compression}"
        of_run = [record for record in records if record["resource"].get(RUN) == name]
        told = list(faults(of_run, expected))
        failed |= bool(told)
        print(f"{name}: {len(of_run)} records{''.join(f', {fault}' for fault in told)}")
    if failed or len(records) == 0:
        sys.exit("not all arrived as it was sent")


main()
