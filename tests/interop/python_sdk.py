"""The conformance service between two hops of OpenTelemetry's Python SDK.

A span of the SDK calls the service with the SDK's own propagators, and the service calls back: what
the SDK extracts there has to be the same trace, with the service's client span as the parent, and
the same baggage. Usage: python_sdk.py PATH_OF_THE_SERVICE [ARGUMENT...]. Needs opentelemetry-sdk.
"""

import json
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from opentelemetry import baggage, trace
from opentelemetry.propagate import extract, inject
from opentelemetry.sdk.trace import TracerProvider

BAGGAGE = {
    "user.name": "Jürgen",
    "list": "a,b;c=d",
    "quoted": 'say "hi" \\ bye',
    "percent": "100% %41",
    "blank": "a b",
}

received = []


class Callback(BaseHTTPRequestHandler):
    """Keeps the headers of each call."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        received.append(dict(self.headers.items()))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def post(url, body, headers):
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.load(reply)


def check(what, actual, expected):
    if actual != expected:
        sys.exit(f"FAILED: {what} is {actual!r}, and should be {expected!r}")
    print(f"ok: {what}")


def main():
    service = subprocess.Popen(
        [*sys.argv[1:], "--addr", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
    )
    callback = HTTPServer(("127.0.0.1", 0), Callback)
    threading.Thread(target=callback.serve_forever, daemon=True).start()
    try:
        address = service.stdout.readline().strip().removeprefix("http://")
        tracer = TracerProvider().get_tracer("interop")
        with tracer.start_as_current_span("caller") as span:
            context = trace.set_span_in_context(span)
            for key, value in BAGGAGE.items():
                context = baggage.set_baggage(key, value, context)
            headers = {"content-type": "application/json"}
            inject(headers, context)
            body = [{"url": f"http://127.0.0.1:{callback.server_port}/", "arguments": []}]
            reply = post(f"http://{address}/", body, headers)
        caller = span.get_span_context()
        trace_id = f"{caller.trace_id:032x}"
        check("the trace of the service", reply["trace_id"], trace_id)
        check("its parent", reply["parent_span_id"], f"{caller.span_id:016x}")
        check("its decision to sample", reply["sampled"], True)

        [outgoing] = received
        outgoing = {key.lower(): value for key, value in outgoing.items()}
        extracted = extract(outgoing)
        parent = trace.get_current_span(extracted).get_span_context()
        check("the trace of the callback", f"{parent.trace_id:032x}", trace_id)
        check(
            "its parent, as a span of its own",
            f"{parent.span_id:016x}" in (reply["span_id"], f"{caller.span_id:016x}"),
            False,
        )
        check("its flags", outgoing["traceparent"][-2:], headers["traceparent"][-2:])
        check("its baggage", dict(baggage.get_all(extracted)), BAGGAGE)
    finally:
        service.terminate()
        service.wait(timeout=10)
        callback.shutdown()


main()
