//! From the text of a schema to its types.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::logical::logical;
use super::{Field, Place, SCHEMA_BYTES_MAX, Schema, SchemaError, Type};
use crate::decode::{FIELD_NAME_BYTES_MAX, FIELDS_MAX};
use crate::json::grouped;

type Object = Map<String, Value>;

pub(super) fn parse(text: &str, references: &[&str]) -> Result<Schema, SchemaError> {
    let length: usize = references.iter().map(|text| text.len()).sum();
    if length.saturating_add(text.len()) > SCHEMA_BYTES_MAX {
        return Err(SchemaError::TooLong);
    }
    let mut parser = Parser::default();
    for text in references {
        parser.text(text)?;
    }
    let root = parser.text(text)?;
    let schema = Schema { types: parser.types, root };
    check_rows(&schema)?;
    Ok(schema)
}

/// What becomes a row must not have more fields than a batch, nor longer names.
fn check_rows(schema: &Schema) -> Result<(), SchemaError> {
    let wrong = |what| Err(SchemaError::Wrong { at: String::new(), what });
    let roots = match schema.get(schema.root) {
        Type::Union(branches) => &branches[..],
        _ => &[schema.root],
    };
    for root in roots {
        let Type::Record(fields) = schema.get(*root) else { continue };
        if fields.len() > FIELDS_MAX {
            return wrong(format!("a record of more than {} fields", grouped(FIELDS_MAX)));
        }
        if fields.iter().any(|field| field.name.len() > FIELD_NAME_BYTES_MAX) {
            return wrong(format!("a field name of more than {} bytes", grouped(FIELD_NAME_BYTES_MAX)));
        }
    }
    Ok(())
}

/// The types so far. Recursion ends where serde_json's does, at 128 levels of JSON.
#[derive(Default)]
struct Parser {
    types: Vec<Type>,
    /// By their full names.
    named: HashMap<String, Place>,
    /// The way to what is being read, as the tokens of a JSON Pointer.
    path: Vec<String>,
}

impl Parser {
    fn text(&mut self, text: &str) -> Result<Place, SchemaError> {
        let json: Value = serde_json::from_str(text).map_err(|error| SchemaError::NotJson(error.to_string()))?;
        self.read(&json, "")
    }

    fn read(&mut self, json: &Value, namespace: &str) -> Result<Place, SchemaError> {
        match json {
            Value::String(name) => self.name(name, namespace),
            Value::Array(branches) => self.union(branches, namespace),
            Value::Object(object) => self.object(object, namespace),
            _ => self.wrong("a type is a name, an object or a list of branches"),
        }
    }

    /// The same of what stands below that token.
    fn below(&mut self, token: impl Into<String>, json: &Value, namespace: &str) -> Result<Place, SchemaError> {
        self.path.push(token.into());
        let place = self.read(json, namespace)?;
        self.path.pop();
        Ok(place)
    }

    fn object(&mut self, object: &Object, namespace: &str) -> Result<Place, SchemaError> {
        let name = match object.get("type") {
            Some(Value::String(name)) => name.as_str(),
            Some(ty) => return self.below("type", ty, namespace),
            None => return self.wrong("an object without `type`"),
        };
        match name {
            "record" | "error" => self.record(object, namespace),
            "enum" => {
                let symbols = self.list(object, "symbols")?.iter().map(|symbol| symbol.as_str().map(Box::from));
                let Some(symbols) = symbols.collect() else {
                    return self.wrong("a symbol that is no text");
                };
                self.define(object, namespace, Type::Enum(symbols)).map(|(place, _)| place)
            }
            "fixed" => {
                let size = object.get("size").and_then(Value::as_u64).and_then(|size| u32::try_from(size).ok());
                let Some(size) = size else {
                    return self.wrong("a fixed type without a `size` in bytes");
                };
                self.define(object, namespace, logical(Type::Fixed(size as usize), object)).map(|(place, _)| place)
            }
            "array" => {
                let items = self.of(object, "items", namespace)?;
                Ok(self.add(Type::Array(items)))
            }
            "map" => {
                let values = self.of(object, "values", namespace)?;
                Ok(self.add(Type::Map(values)))
            }
            name => match primitive(name) {
                Some(base) => Ok(self.add(logical(base, object))),
                None => self.name(name, namespace),
            },
        }
    }

    /// A record's name is known within it.
    fn record(&mut self, object: &Object, namespace: &str) -> Result<Place, SchemaError> {
        let (place, namespace) = self.define(object, namespace, Type::Null)?;
        let mut fields = Vec::new();
        let mut names = HashSet::new();
        for (index, field) in self.list(object, "fields")?.iter().enumerate() {
            self.path.push(format!("fields/{index}"));
            let Some(name) = field.get("name").and_then(Value::as_str) else {
                return self.wrong("a field without `name`");
            };
            if !names.insert(name) {
                return self.wrong("a second field of the same name");
            }
            let Some(ty) = field.get("type") else {
                return self.wrong("a field without `type`");
            };
            let ty = self.below("type", ty, &namespace)?;
            fields.push(Field { name: name.into(), ty });
            self.path.pop();
        }
        self.types[place.0 as usize] = Type::Record(fields.into());
        Ok(place)
    }

    fn union(&mut self, branches: &[Value], namespace: &str) -> Result<Place, SchemaError> {
        let mut places = Vec::with_capacity(branches.len());
        for (index, branch) in branches.iter().enumerate() {
            let place = self.below(index.to_string(), branch, namespace)?;
            if let Type::Union(_) = self.types[place.0 as usize] {
                return self.wrong("a union right within a union");
            }
            places.push(place);
        }
        Ok(self.add(Type::Union(places.into())))
    }

    /// Adds a type that has a name. Gives the namespace of names within it as well.
    fn define(&mut self, object: &Object, namespace: &str, ty: Type) -> Result<(Place, String), SchemaError> {
        let Some(name) = object.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
            return self.wrong("a record, an enum or a fixed type without `name`");
        };
        let namespace = match name.rsplit_once('.') {
            Some((namespace, _)) => namespace,
            None => object.get("namespace").and_then(Value::as_str).unwrap_or(namespace),
        };
        let (full, namespace) = (full_name(name, namespace), namespace.to_owned());
        let place = self.add(ty);
        if self.named.insert(full, place).is_some() {
            return self.wrong(&format!("a second type named {name:?}"));
        }
        Ok((place, namespace))
    }

    fn name(&mut self, name: &str, namespace: &str) -> Result<Place, SchemaError> {
        if let Some(ty) = primitive(name) {
            return Ok(self.add(ty));
        }
        // Some writers leave a namespace out where there is only one type of the name.
        let known = self.named.get(&full_name(name, namespace)).or_else(|| self.named.get(name));
        match known {
            Some(place) => Ok(*place),
            None => self.wrong(&format!("no type before this one is named {name:?}")),
        }
    }

    fn of(&mut self, object: &Object, key: &str, namespace: &str) -> Result<Place, SchemaError> {
        match object.get(key) {
            Some(json) => self.below(key, json, namespace),
            None => self.wrong(&format!("an object without `{key}`")),
        }
    }

    fn list<'a>(&self, object: &'a Object, key: &str) -> Result<&'a [Value], SchemaError> {
        match object.get(key) {
            Some(Value::Array(list)) => Ok(list),
            _ => self.wrong(&format!("an object without a list of `{key}`")),
        }
    }

    fn add(&mut self, ty: Type) -> Place {
        let place = u32::try_from(self.types.len()).expect("there are fewer types than bytes of text");
        self.types.push(ty);
        Place(place)
    }

    fn wrong<T>(&self, what: &str) -> Result<T, SchemaError> {
        let at = self.path.iter().map(|token| format!("/{token}")).collect();
        Err(SchemaError::Wrong { at, what: what.to_owned() })
    }
}

fn full_name(name: &str, namespace: &str) -> String {
    if namespace.is_empty() || name.contains('.') { name.to_owned() } else { format!("{namespace}.{name}") }
}

fn primitive(name: &str) -> Option<Type> {
    Some(match name {
        "null" => Type::Null,
        "boolean" => Type::Bool,
        "int" => Type::Int,
        "long" => Type::Long,
        "float" => Type::Float,
        "double" => Type::Double,
        "bytes" => Type::Bytes,
        "string" => Type::Text,
        _ => return None,
    })
}
