"""The relay example with two collectors of others: one of the applications, one of the component.

Usage: relay_collectors.py PROGRAM

PROGRAM is the built example. Starts two agents of rotel, a server of the relay and an application on each surface, and
compares what came to the one collector with what came to the other.
"""

import os
import subprocess
import sys
import tempfile

from collectors import PATIENCE, Collector

LOGIN = "login-of-the-check"
SURFACES = ["web", "mobile", "headless-cli"]

# What the component's variables begin with.
PREFIX = "T3CODE_RELAY_CLIENT_OTLP_TRACES"


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
    if len({span["resource"]["service.name"] for span in right}) != len(SURFACES) + 1:
        failures.append("a surface is missing")
    if failures:
        sys.exit("\n".join(failures))


main()
