//! What scenarios are made of.

pub(super) mod account;
pub(super) mod collection;
pub(super) mod folder;
pub(super) mod kiteline;
pub(super) mod ledger;
pub(super) mod letters;
pub(super) mod offsets;
pub(super) mod producer;
pub(super) mod profile;
pub(super) mod proxy;
pub(super) mod random;
pub(super) mod record;
pub(super) mod report;
pub(super) mod run;
pub(super) mod servers;
pub(super) mod setup;
pub(super) mod topics;
