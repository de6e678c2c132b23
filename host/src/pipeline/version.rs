//! The plugins of a pipeline, and what is settled through them: what a reload replaces, all of it at once.

use std::sync::Arc;

use super::{Mapping, Pipeline, StartError, cases, fits, settle};
use crate::config::{self, PrimaryKey};
use crate::decode::Plan;
use crate::plugin::{Chain, Code, Engine, Grants, Limits, LoadError, Plugin, Setup, Source};
use crate::target::Target;

/// The plugins of a pipeline, and what is settled through them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Version {
    /// The tables of the file that they come from.
    pub(crate) tables: Vec<config::Plugin>,
    pub(crate) plugins: Vec<Arc<Plugin>>,
    pub(crate) plan: Plan,
    pub(crate) mappings: Vec<Mapping>,
}

impl Pipeline {
    /// The plugins as these tables and the files say now; none where they are the running ones. Those that are among
    /// the `loaded` ones are taken from there, with their instances where they run. Nothing of the pipeline changes.
    pub(crate) fn next_version(
        &self,
        tables: &[config::Plugin],
        loaded: &[Arc<Plugin>],
        running: &Version,
    ) -> Result<Option<Version>, StartError> {
        let plugins = load(tables, loaded, &self.target)?;
        let is_same = |(new, old): (&Arc<Plugin>, &Arc<Plugin>)| Arc::ptr_eq(new, old);
        if plugins.len() == running.plugins.len() && plugins.iter().zip(&running.plugins).all(is_same) {
            return Ok(None);
        }
        if let Some(milvus) = &self.milvus {
            fits::check(&config::PipelineFile { plugins: tables.to_vec(), ..self.file.clone() }, milvus)?;
        }
        let mut chain = Chain::successor(&plugins, &running.plugins, &self.target)?;
        chain.pass_empty()?;
        let version = self.settle(tables.to_vec(), plugins, &mut chain);
        let lost = self.lost(&version.mappings, &running.mappings);
        if lost.is_empty() { Ok(Some(version)) } else { Err(StartError::Target(lost)) }
    }

    /// A version that ran before, settled anew: the schema may have changed since.
    pub(crate) fn version_again(&self, version: Version, running: &Version) -> Result<Version, LoadError> {
        let mut chain = Chain::successor(&version.plugins, &running.plugins, &self.target)?;
        Ok(self.settle(version.tables, version.plugins, &mut chain))
    }

    /// These plugins, and what is settled through them.
    pub(super) fn settle(&self, tables: Vec<config::Plugin>, plugins: Vec<Arc<Plugin>>, chain: &mut Chain) -> Version {
        let (plan, mappings) = settle(&self.file.decode, self.rules().primary_key, &self.target, chain);
        Version { tables, plugins, plan, mappings }
    }

    /// Chains for the lanes, ready to take the running ones' place.
    pub(crate) fn successors(&self, next: &Version, running: &Version) -> Result<Vec<Chain>, LoadError> {
        (0..self.lanes()).map(|_| Chain::successor(&next.plugins, &running.plugins, &self.target)).collect()
    }

    /// Fields that every row must bring, that came before and would come no more: every row would be rejected.
    fn lost(&self, new: &[Mapping], old: &[Mapping]) -> Vec<String> {
        if self.rules().partial {
            return Vec::new();
        }
        let is_gone = |mappings: &[Mapping], of: &Mapping| {
            let same = |mapping: &&Mapping| mapping.collection == of.collection && mapping.field == of.field;
            mappings.iter().find(same).is_some_and(|mapping| mapping.source == Source::Gone)
        };
        let is_needed = |mapping: &Mapping| {
            let collection = self.target.collection(&mapping.collection);
            let field = collection.and_then(|collection| collection.field(&mapping.field));
            let by_origin = self.rules().primary_key == PrimaryKey::Origin;
            field.is_some_and(|field| !(field.nullable || field.has_default || field.primary && by_origin))
        };
        let lost = new.iter().filter(|mapping| is_gone(new, mapping) && !is_gone(old, mapping) && is_needed(mapping));
        lost.map(|Mapping { collection, field, .. }| {
            format!("collection `{collection}`: every row must bring the field `{field}`, and the plugins take it away")
        })
        .collect()
    }
}

/// Loads plugins, but for those that are loaded as they are to be, and has them pass the cases that they carry.
pub(super) fn load(
    tables: &[config::Plugin],
    loaded: &[Arc<Plugin>],
    target: &Arc<Target>,
) -> Result<Vec<Arc<Plugin>>, LoadError> {
    let mut engine = loaded.first().map(|plugin| plugin.engine().clone());
    let mut left = loaded.to_vec();
    let mut plugins = Vec::new();
    for table in tables {
        let (code, setup) = (code(table)?, setup(table));
        if let Some(index) = left.iter().position(|plugin| plugin.is(&code, &setup)) {
            plugins.push(left.remove(index));
            continue;
        }
        if engine.is_none() {
            engine = Some(Engine::new()?);
        }
        let engine = engine.as_ref().expect("made above where there was none");
        let plugin = Plugin::load(engine, &code, setup, target)?;
        cases::pass(&plugin, &code)?;
        plugins.push(Arc::new(plugin));
    }
    Ok(plugins)
}

fn code(table: &config::Plugin) -> Result<Code, LoadError> {
    match (&table.shipped, &table.path) {
        (Some(name), _) => Code::shipped(name),
        (None, path) => Code::read(path.as_deref().expect("a file that was read has one of `use` and `path`")),
    }
}

fn setup(table: &config::Plugin) -> Setup {
    let config::Grants { clock, random, env } = table.grants.clone();
    Setup {
        config: serde_json::to_string(&table.config).expect("every TOML value has a JSON form"),
        limits: Limits {
            memory: table.memory.as_usize(),
            record_timeout: table.record_timeout.get(),
            answer: table.answer.as_usize(),
        },
        grants: Grants { clock, random, env },
        log: table.log,
    }
}
