"""Runs inside of a collector: writes each span as a line of JSON into the file that SPANS names."""

import json
import os


def process_spans(resource_spans):
    with open(os.environ["SPANS"], "a", encoding="utf-8") as lines:
        for scope in resource_spans.scope_spans:
            for span in scope.spans:
                record = {
                    "service": service(resource_spans.resource),
                    "name": span.name,
                    "trace": bytes(span.trace_id).hex(),
                    "span": bytes(span.span_id).hex(),
                    "parent": bytes(span.parent_span_id).hex(),
                    "links": [[bytes(link.trace_id).hex(), bytes(link.span_id).hex()] for link in span.links],
                }
                lines.write(json.dumps(record) + "\n")


def service(resource):
    for attribute in resource.attributes if resource else []:
        if attribute.key == "service.name":
            return str(attribute.value.value)
    return None
