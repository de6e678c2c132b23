//! Maps that are asked for every record. Their hash is seeded by chance, and a fifth of the work of the standard one, which
//! also withstands someone who sees how long each answer takes; whoever writes records does not.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// A map that is asked for every record.
pub(crate) type QuickMap<K, V> = HashMap<K, V, RandomState>;
