use super::*;

/// A metric as its users see it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::metrics) struct Described {
    pub(in crate::metrics) name: String,
    pub(in crate::metrics) kind: String,
    pub(in crate::metrics) labels: Vec<String>,
    pub(in crate::metrics) help: String,
}

impl Described {
    pub(super) fn of(made: &impl Collector) -> Self {
        let family = made.collect().remove(0);
        let desc = made.desc()[0];
        Self {
            name: desc.fq_name.clone(),
            kind: format!("{:?}", family.get_field_type()).to_lowercase(),
            labels: desc.variable_labels.clone(),
            help: desc.help.clone(),
        }
    }
}
