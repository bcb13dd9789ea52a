// Writes the table of attributes that the macros check keys against, from the registry of the
// semantic conventions as OpenTelemetry publishes it for JavaScript. Only facts are taken: keys,
// types and successors. Run `npm ci && npm run generate` in this folder.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const registry = new URL("node_modules/@opentelemetry/semantic-conventions/", import.meta.url);
const table = new URL("../../macros/src/span/conventions/registry.rs", import.meta.url);

// What the conventions of the macros use, with the older names.
const namespaces = [
  "client", "code", "db", "error", "exception", "http", "jsonrpc", "messaging", "net", "network",
  "rpc", "server", "url", "user_agent",
];

const { version } = JSON.parse(readFileSync(new URL("package.json", registry), "utf8"));
const constants = ["stable", "experimental"].flatMap(documentedConstants);
const attributes = constants.filter(({ name }) => name.startsWith("ATTR_")).map(attribute);
const keys = new Set(attributes.map(({ key }) => key));
const rows = attributes
  .filter(({ key }) => namespaces.includes(key.split(".")[0]))
  .sort((left, right) => (left.key < right.key ? -1 : 1))
  .map(row);
if (rows.length < 200) {
  throw new Error(`only ${rows.length} attributes were found: did the package change its form?`);
}
const checked = namespaces.map((name) => JSON.stringify(`${name}.`)).join(", ");
writeFileSync(table, formatted(`\
//! The attributes of the semantic conventions ${version}, in the namespaces that are checked. A key
//! that ends with a dot is the beginning of a family of keys. Written by
//! \`tests/semconv/generate.mjs\`: change that, and not this.

use super::attribute::Type::{Int, Other, Text};
use super::attribute::{Attribute, current, deprecated};

/// The namespaces whose keys are all here.
pub(super) static NAMESPACES: &[&str] = &[${checked}];

/// The attributes, by key.
pub(super) static ATTRIBUTES: &[Attribute] = &[
${rows.join("\n")}
];
`));

/// The constants of a module with the comments above them: `const NAME = "value";`, and for a family
/// of keys ``const NAME = (key) => `beginning.${key}`;``.
function documentedConstants(stability) {
  const text = readFileSync(new URL(`dist/${stability}_attributes.mjs`, registry), "utf8");
  const pattern =
    /\/\*\*(?<doc>(?:(?!\*\/).)*)\*\/\s*const (?<name>\w+) = (?:"(?<text>[^"]*)"|\(key\) => `(?<family>[^$]*)\$\{key\}`|[^;]*);/gs;
  return [...text.matchAll(pattern)].map(({ groups }) => groups);
}

function attribute({ doc, name, text, family }) {
  const note = doc.match(/@deprecated (.*?)(?=\n\* @|\n\*\s*\n|$)/s)?.[1];
  return { key: text ?? family, type: type(doc, name, text), note: note?.replaceAll("\n* ", " ") };
}

/// The package has no types, but it has the values that an attribute can take, or examples.
function type(doc, name, key) {
  const values = constants.filter((other) => other.name.startsWith(`${name.slice(5)}_VALUE_`));
  if (values.length > 0) {
    return values.every(({ text }) => text !== undefined) ? "Text" : "Int";
  }
  const examples = [...doc.matchAll(/@example (.*)/g)].map(([, example]) => example);
  if (examples.length === 0 || examples.some((example) => example.startsWith('["'))) {
    return "Other";
  }
  // Versions look like numbers, and are none.
  if (key?.endsWith("version") || !examples.every((example) => /^-?\d+(\.\d+)?$/.test(example))) {
    return "Text";
  }
  return examples.every((example) => /^-?\d+$/.test(example)) ? "Int" : "Other";
}

/// The first sentence of a note names the successors, up to a reservation.
function row({ key, type, note }) {
  if (note === undefined) {
    return `current(${JSON.stringify(key)}, ${type}),`;
  }
  const sentence = note.split(/\.\s|, but/)[0];
  const successors = [...sentence.matchAll(/`([^`]+)`/g)]
    .map(([, successor]) => (keys.has(`${successor}.`) ? `${successor}.` : successor))
    .filter((successor) => keys.has(successor) || isOfFamily(successor))
    .map((successor) => JSON.stringify(successor));
  return `deprecated(${JSON.stringify(key)}, ${type}, &[${successors.join(", ")}]),`;
}

function isOfFamily(key) {
  return [...keys].some((family) => family.endsWith(".") && key.startsWith(family));
}

function formatted(source) {
  const { status, stdout } = spawnSync("rustfmt", ["--edition", "2024"], {
    input: source,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (status !== 0) {
    throw new Error("rustfmt failed");
  }
  return stdout;
}
