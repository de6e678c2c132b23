//! Golden cases of a plugin: what goes in, and what is to come out. Its author runs them by `kiteline plugin test`; and
//! `kiteline plugin build` puts the same files into the component, which has to pass them whenever it is loaded.

mod case;
mod compare;
mod embedded;
pub(crate) mod outcome;
pub(crate) mod records;
mod run;
mod schema;

pub(crate) use case::{Case, EXPECTED, Files};
pub(crate) use compare::{differences, said_lines};
pub(crate) use embedded::{Packed, names, pass};
pub(crate) use run::{Failed, Ran, run};
