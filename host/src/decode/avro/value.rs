//! A place in a record, where a value is next whose type the schema says.

use super::schema::{Place, Schema, Type};
use super::wire::Wire;
use crate::json::Mistake;

/// Most levels of arrays, maps and records within each other, as many as JSON may have: so neither a record nor a
/// schema can exhaust the stack.
const DEPTH_MAX: u8 = 128;

/// The next value. Behind a field or an item it is for the caller to say what comes next.
#[derive(Debug, Clone)]
pub(super) struct Value<'a> {
    pub(super) schema: &'a Schema,
    pub(super) ty: Place,
    pub(super) wire: Wire<'a>,
    depth: u8,
}

impl<'a> Value<'a> {
    /// The value that a payload is.
    pub(super) fn new(schema: &'a Schema, wire: Wire<'a>) -> Self {
        Self { schema, ty: schema.root(), wire, depth: 0 }
    }

    /// The type of the next value. Of a union it is the branch, which is read at once.
    pub(super) fn resolve(&mut self) -> Result<&'a Type, Mistake> {
        let ty = self.schema.get(self.ty);
        let Type::Union(branches) = ty else {
            return Ok(ty);
        };
        let at = self.wire.at();
        let branch = usize::try_from(self.wire.long()?).ok().and_then(|branch| branches.get(branch));
        self.ty = *branch.ok_or(Mistake { at, what: "a branch that the union does not have" })?;
        Ok(self.schema.get(self.ty))
    }

    /// Reads what stands within the next value.
    pub(super) fn within<T, E: From<Mistake>>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        if self.depth == DEPTH_MAX {
            self.wire.mistake("more than 128 levels of arrays, maps and records")?;
        }
        self.depth += 1;
        let read = read(self)?;
        self.depth -= 1;
        Ok(read)
    }

    /// Reads each item of an array or map. The names of a map's items are still to be read.
    pub(super) fn items<E: From<Mistake>>(
        &mut self,
        item: Place,
        mut read: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.within(|value| {
            while let Some(block) = value.wire.block()? {
                for _ in 0..block.count {
                    value.ty = item;
                    read(value)?;
                }
                value.wire.end_block(&block)?;
            }
            Ok(())
        })
    }

    /// Goes behind the next value.
    pub(super) fn pass(&mut self) -> Result<(), Mistake> {
        let ty = self.resolve()?;
        match ty {
            Type::Null => self.wire.without_bytes()?,
            Type::Bool => _ = self.wire.bool()?,
            Type::Float => _ = self.wire.take(4)?,
            Type::Double => _ = self.wire.take(8)?,
            Type::Text => _ = self.wire.text()?,
            Type::Enum(symbols) => _ = self.symbol(symbols)?,
            Type::Array(item) => self.items(*item, Self::pass)?,
            Type::Map(item) => self.items(*item, |value| {
                value.wire.text()?;
                value.pass()
            })?,
            Type::Record(fields) => {
                self.wire.without_bytes()?;
                self.within(|value| {
                    fields.iter().try_for_each(|field| {
                        value.ty = field.ty;
                        value.pass()
                    })
                })?;
            }
            scalar => {
                if self.integer(scalar)?.is_none() {
                    self.bytes(scalar)?;
                }
            }
        }
        Ok(())
    }
}
