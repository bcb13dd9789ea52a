//! What the derive makes of its input: which fields are recorded, and under which keys.

use syn::{
    Attribute, Data, DeriveInput, Field, Fields, Generics, Ident, Index, Member, Meta, Type,
};

use crate::diag::{self, Diagnostics};
use crate::options::{Kind, Options, Spec, Table};
use crate::paths::RuntimePath;
use crate::span::args::{self, Key, Sigil};
use crate::span::keys::refuse_key;

/// The options on the type.
pub(crate) static ON_TYPE: Table = Table {
    attribute: "#[span_fields]",
    options: &[Spec {
        name: "crate",
        kind: Kind::CratePath,
        usage: "crate = ::path",
        doc: "The path of this crate, where it is not `::tracing_relay`.",
    }],
};

/// A type with what is recorded of it.
pub(crate) struct Plan {
    pub(crate) runtime: RuntimePath,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) shape: Shape,
}

/// Where the recorded fields are.
pub(crate) enum Shape {
    Struct(Vec<Part>),
    /// The variants, each with its fields.
    Enum(Vec<(Ident, Vec<Part>)>),
}

impl Shape {
    /// All recorded fields.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        let (one, many) = match self {
            Self::Struct(parts) => (parts.as_slice(), &[] as &[_]),
            Self::Enum(variants) => (&[] as &[_], variants.as_slice()),
        };
        one.iter().chain(many.iter().flat_map(|(_, parts)| parts))
    }
}

/// A field that is recorded.
pub(crate) struct Part {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    pub(crate) record: Record,
}

impl Part {
    /// Whether it is recorded under this key.
    pub(crate) fn has_key(&self, name: &str) -> bool {
        matches!(&self.record, Record::Value(key, _) if key.name == name)
    }
}

/// How a field is recorded.
pub(crate) enum Record {
    /// `#[field]`: as a value.
    Value(Key, Sigil),
    /// `#[fields]`: as its own type says.
    Parts,
}

/// Checks the input. Nothing is returned where something is wrong.
pub(crate) fn plan(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<Plan> {
    let runtime = options(&input.attrs, diagnostics).runtime();
    let shape = match &input.data {
        Data::Struct(data) => Shape::Struct(parts(&data.fields, diagnostics)),
        Data::Enum(data) => Shape::Enum(
            data.variants
                .iter()
                .map(|variant| {
                    refuse_marks(&variant.attrs, diagnostics);
                    let parts = parts(&variant.fields, diagnostics);
                    refuse_parts(&variant.fields, diagnostics);
                    (variant.ident.clone(), parts)
                })
                .collect(),
        ),
        Data::Union(data) => {
            diagnostics.report(
                data.union_token,
                "the fields of a union cannot be read",
                "name what is recorded at the function: `fields(key = value)`",
            );
            return None;
        }
    };
    refuse_marks(&input.attrs, diagnostics);
    if diagnostics.is_empty() && shape.parts().next().is_none() {
        diagnostics.report(
            &input.ident,
            &format!("no field of `{}` is recorded", input.ident),
            "mark what is with `#[field]` or `#[field(\"the.key\")]`",
        );
    }
    diagnostics.is_empty().then(|| Plan {
        runtime,
        ident: input.ident.clone(),
        generics: input.generics.clone(),
        shape,
    })
}

fn options(attrs: &[Attribute], diagnostics: &mut Diagnostics) -> Options {
    let mut options = Options::default();
    for attr in attrs {
        if !attr.path().is_ident("span_fields") {
            continue;
        }
        match &attr.meta {
            Meta::List(list) => options = ON_TYPE.parse(list.tokens.clone(), diagnostics),
            Meta::Path(_) | Meta::NameValue(_) => diagnostics.report(
                attr,
                "`#[span_fields]` takes parentheses",
                "write `#[span_fields(crate = ::path)]`, or remove it",
            ),
        }
    }
    options
}

fn is_mark(attr: &Attribute) -> bool {
    attr.path().is_ident("field") || attr.path().is_ident("fields")
}

/// A type or a variant is not a field.
fn refuse_marks(attrs: &[Attribute], diagnostics: &mut Diagnostics) {
    for attr in attrs.iter().filter(|attr| is_mark(attr)) {
        diagnostics.report(
            attr,
            "this marks a field of a type",
            "move it to the field that is recorded",
        );
    }
}

/// The keys of an enum are those of all its variants, which only their names can tell apart.
fn refuse_parts(fields: &Fields, diagnostics: &mut Diagnostics) {
    let attrs = fields.iter().flat_map(|field| &field.attrs);
    for attr in attrs.filter(|attr| attr.path().is_ident("fields")) {
        diagnostics.report(
            attr,
            "`#[fields]` is not for the fields of an enum",
            "record the values with `#[field(\"the.key\")]`, or implement `SpanFields` by hand",
        );
    }
}

fn parts(fields: &Fields, diagnostics: &mut Diagnostics) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let mut marks = field.attrs.iter().filter(|attr| is_mark(attr));
        let Some(mark) = marks.next() else { continue };
        for other in marks {
            let fault = "the field is marked twice";
            diagnostics.push(diag::at(other, fault, "remove one of the two"));
        }
        let Some(record) = record(mark, field, diagnostics) else {
            continue;
        };
        if let Record::Value(key, _) = &record {
            let before = parts.iter().filter_map(|part| match &part.record {
                Record::Value(key, _) => Some(key.name.as_str()),
                Record::Parts => None,
            });
            refuse_key(key, &before.collect::<Vec<_>>(), diagnostics);
        }
        let member = match &field.ident {
            Some(name) => Member::Named(name.clone()),
            None => Member::Unnamed(Index::from(index)),
        };
        parts.push(Part {
            member,
            ty: field.ty.clone(),
            record,
        });
    }
    parts
}

fn record(mark: &Attribute, field: &Field, diagnostics: &mut Diagnostics) -> Option<Record> {
    if mark.path().is_ident("fields") {
        diagnostics.ok(args::check_fields_attribute(mark))?;
        return Some(Record::Parts);
    }
    let (key, sigil) = diagnostics.ok(args::parse_field_attribute(mark))?;
    let key = key.or_else(|| field.ident.as_ref().map(Key::of_ident));
    if key.is_none() {
        diagnostics.report(
            mark,
            "a field without a name needs a key",
            "write `#[field(\"the.key\")]`",
        );
    }
    Some(Record::Value(key?, sigil))
}
