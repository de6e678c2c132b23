//! Plots in the documentation: stacked bars as SVG, readable on a light and on a dark page.

use std::fmt::Write;

use crate::page::root;

/// Pixels, roughly: a drawing has no size of its own.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 360.0;
/// Around the bars: the numbers to the left, the title and the legend above, the labels below.
const LEFT: f64 = 60.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 32.0;
const RIGHT: f64 = 12.0;
/// As many as any plot has series; told apart by those who see few colours as well.
const COLOURS: [&str; 6] = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377"];

/// Bars side by side, each of the same parts.
pub(crate) struct Bars<'a> {
    pub(crate) title: &'a str,
    /// Of the numbers.
    pub(crate) unit: &'a str,
    /// What the parts are.
    pub(crate) series: &'a [&'a str],
    /// What each bar is, and its parts from below.
    pub(crate) bars: Vec<(&'a str, Vec<f64>)>,
}

impl Bars<'_> {
    /// Writes it into the folder of plots.
    pub(crate) fn write(&self, name: &str) -> Result<(), String> {
        let folder = root().join("docs/performance");
        let write = || {
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join(name), self.svg())
        };
        write().map_err(|error: std::io::Error| format!("{}: {error}", folder.join(name).display()))
    }

    fn svg(&self) -> String {
        let most = self.bars.iter().map(|(_, parts)| parts.iter().sum()).fold(f64::MIN_POSITIVE, f64::max);
        let step = step(most);
        let steps = (most / step).ceil();
        let y = |value: f64| HEIGHT - BOTTOM - value / (steps * step) * (HEIGHT - BOTTOM - TOP);
        // Grey that does for both is for lines only; texts follow the page.
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
             font-size=\"13\">\n<style>text {{ fill: #222 }} @media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} \
             }}</style>\n"
        );
        let text = |x: f64, y: f64, anchor: &str, text: &str| {
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>\n")
        };
        svg += &text(LEFT, 20.0, "start", &format!("{}, {}", self.title, self.unit));
        for tick in 0..=steps as u32 {
            let value = f64::from(tick) * step;
            let right = WIDTH - RIGHT;
            let y = y(value);
            writeln!(svg, "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#888\" stroke-opacity=\"0.4\"/>")
                .expect("writing to a String");
            svg += &text(LEFT - 8.0, y + 4.0, "end", &number(value));
        }
        let mut x = LEFT;
        for (name, colour) in self.series.iter().zip(COLOURS) {
            svg += &rectangle(x, 34.0, 12.0, 12.0, colour, name);
            svg += &text(x + 18.0, 45.0, "start", name);
            x += 40.0 + 8.0 * name.chars().count() as f64;
        }
        let place = (WIDTH - LEFT - RIGHT) / self.bars.len() as f64;
        let width = (place * 0.6).min(80.0);
        for (index, (label, parts)) in self.bars.iter().enumerate() {
            let middle = LEFT + (index as f64 + 0.5) * place;
            let mut below = 0.0;
            for ((part, name), colour) in parts.iter().zip(self.series).zip(COLOURS) {
                let (top, bottom) = (y(below + part), y(below));
                let told = format!("{label}, {name}: {}", number(*part));
                svg += &rectangle(middle - width / 2.0, top, width, bottom - top, colour, &told);
                below += part;
            }
            svg += &text(middle, y(below) - 5.0, "middle", &number(below));
            svg += &text(middle, HEIGHT - 12.0, "middle", label);
        }
        svg + "</svg>\n"
    }
}

fn rectangle(x: f64, y: f64, width: f64, height: f64, colour: &str, told: &str) -> String {
    format!(
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\">\
         <title>{told}</title></rect>\n"
    )
}

/// 1, 2 or 5 times a power of ten: at most seven of them make the highest bar.
fn step(most: f64) -> f64 {
    let power = 10_f64.powf((most / 7.0).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
    steps.into_iter().find(|step| step * 7.0 >= most).unwrap_or(steps[3])
}

/// With as many digits as tell something.
fn number(value: f64) -> String {
    match value {
        0.0 => "0".into(),
        10.0.. => format!("{value:.0}"),
        1.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
