//! What is told of several measurements of one thing.

/// In rising order.
pub(crate) fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value that such a share of the sorted ones does not exceed; 0 where there is none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
}

/// The median, and beside it the least and the most.
pub(crate) fn least_median_most(sorted: &[f64], digits: usize) -> String {
    let [least, median, most] = [0.0, 0.5, 1.0].map(|share| quantile(sorted, share));
    format!("{median:.digits$} ({least:.digits$} – {most:.digits$})")
}
