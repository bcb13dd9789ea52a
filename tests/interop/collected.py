"""Runs inside of a collector: writes each span, metric and log record as a line of JSON into the file that RECORDS names."""

import json
import os


def process_spans(resource_spans):
    write(
        resource_spans.resource,
        (
            {
                "signal": "span",
                "name": span.name,
                "trace": bytes(span.trace_id).hex(),
                "span": bytes(span.span_id).hex(),
                "parent": bytes(span.parent_span_id).hex(),
                "attributes": pairs(span.attributes),
                "links": [[bytes(link.trace_id).hex(), bytes(link.span_id).hex()] for link in span.links],
            }
            for scope in resource_spans.scope_spans
            for span in scope.spans
        ),
    )


def process_metrics(resource_metrics):
    write(
        resource_metrics.resource,
        (
            {"signal": "metric", "name": metric.name, "unit": metric.unit}
            for scope in resource_metrics.scope_metrics
            for metric in scope.metrics
        ),
    )


def process_logs(resource_logs):
    write(
        resource_logs.resource,
        (
            {
                "signal": "log",
                "name": text(record.body),
                "trace": bytes(record.trace_id).hex(),
                "span": bytes(record.span_id).hex(),
                "attributes": pairs(record.attributes),
            }
            for scope in resource_logs.scope_logs
            for record in scope.log_records
        ),
    )


def write(resource, records):
    about = pairs(resource.attributes if resource else [])
    with open(os.environ["RECORDS"], "a", encoding="utf-8") as lines:
        for record in records:
            lines.write(json.dumps(record | {"resource": about}) + "\n")


def pairs(attributes):
    return {attribute.key: text(attribute.value) for attribute in attributes}


def text(value):
    return str(value.value) if value else ""
