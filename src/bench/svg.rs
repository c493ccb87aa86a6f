//! The findings as a picture (SVG): the bars of the page, each with its spread as a line.

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{PathElement, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, IntoTextStyle, RGBColor, ShapeStyle, TextStyle, WHITE};

use super::findings::{BenchFindings, BenchProgram};
use super::panels::{BarPanel, PanelBar, figure, panels};
use crate::say;

/// The picture's width, and where its columns begin and end, in pixels.
const WIDTH: i32 = 900;
const MARGIN: i32 = 20;
const LABELS_END: i32 = 240;
const PROGRAMS: i32 = 250;
const BARS: i32 = 300;
const BARS_END: i32 = 720;
/// The height of the head, of a panel's title, of a bar's line, and of the bar.
const HEAD: i32 = 64;
const TITLE: i32 = 34;
const LINE: i32 = 22;
const BAR: i32 = 14;

const INK: RGBColor = RGBColor(40, 44, 52);
const TESSH: RGBColor = RGBColor(0, 122, 135);
const SSH: RGBColor = RGBColor(150, 155, 165);
/// For letters of any script.
const FONT: &str = "sans-serif";

/// The picture as text, XML 1.0.
pub fn svg(findings: &BenchFindings) -> String {
    let panels = panels(findings);
    let lines: usize = panels.iter().map(|panel| panel.bars.len()).sum();
    let height = HEAD + TITLE * count(panels.len()) + LINE * count(lines) + MARGIN;
    let mut out = String::new();
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    {
        let root = SVGBackend::with_string(&mut out, size).into_drawing_area();
        // Drawing into a string cannot fail.
        let _ = draw(&root, findings, &panels).and_then(|()| root.present());
    }
    out
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX / LINE)
}

type SvgDrawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

fn draw<B: DrawingBackend>(
    root: &DrawingArea<B, Shift>,
    findings: &BenchFindings,
    panels: &[BarPanel],
) -> SvgDrawn<B> {
    root.fill(&WHITE)?;
    let BenchFindings { login, server, kex, .. } = findings;
    let seconds = format!("{:.1}", findings.elapsed.as_secs_f64());
    let head = say!(bench_head, login, server, seconds);
    let second = say!(bench_algorithms, ciphers = findings.ciphers.join(", "), kex);
    text(root, head, (MARGIN, 24), style(17, HPos::Left))?;
    text(root, second, (MARGIN, 48), style(12, HPos::Left))?;
    let mut y = HEAD;
    for panel in panels {
        text(root, panel.title.clone(), (MARGIN, y + 20), style(14, HPos::Left))?;
        y += TITLE;
        let mut last = None;
        for bar in &panel.bars {
            let label = if last == Some(&bar.label) { "" } else { bar.label.as_str() };
            last = Some(&bar.label);
            line(root, label, bar, (y, panel.largest()))?;
            y += LINE;
        }
    }
    Ok(())
}

fn line<B: DrawingBackend>(
    root: &DrawingArea<B, Shift>,
    label: &str,
    bar: &PanelBar,
    (y, largest): (i32, f64),
) -> SvgDrawn<B> {
    let middle = y + LINE / 2;
    if !label.is_empty() {
        text(root, label.to_owned(), (LABELS_END, middle), style(12, HPos::Right))?;
    }
    text(root, bar.program.name().to_owned(), (PROGRAMS, middle), style(12, HPos::Left))?;
    let at = |value: f64| {
        let part = (value / largest).clamp(0.0, 1.0);
        BARS + (part * f64::from(BARS_END - BARS)).round() as i32
    };
    let colour = match bar.program {
        BenchProgram::Tessh => TESSH,
        BenchProgram::Ssh => SSH,
    };
    let top = middle - BAR / 2;
    let corners = [(BARS, top), (at(bar.spread.median), top + BAR)];
    root.draw(&Rectangle::new(corners, colour.filled()))?;
    if bar.spread.count > 1 {
        let ends = vec![(at(bar.spread.min), middle), (at(bar.spread.max), middle)];
        let ink = ShapeStyle { color: INK.to_rgba(), filled: false, stroke_width: 2 };
        root.draw(&PathElement::new(ends, ink))?;
    }
    let mut figures = figure(bar.spread.median);
    if let Some(times) = bar.times_ssh {
        let times = format!("{times:.2}");
        figures = format!("{figures}   {}", say!(bench_times_ssh, times));
    }
    text(root, figures, (BARS_END + 12, middle), style(12, HPos::Left))
}

fn text<B: DrawingBackend>(
    root: &DrawingArea<B, Shift>,
    words: String,
    place: (i32, i32),
    style: TextStyle<'static>,
) -> SvgDrawn<B> {
    root.draw(&Text::new(words, place, style))
}

fn style(size: i32, side: HPos) -> TextStyle<'static> {
    let font = (FontFamily::Name(FONT), size, &INK);
    font.into_text_style(&(WIDTH.unsigned_abs(), 0)).pos(Pos::new(side, VPos::Center))
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;
    use super::*;

    #[test]
    fn the_picture_has_a_bar_for_each_figure_and_no_text_of_the_server_as_markup() {
        let mut findings = findings();
        findings.server = "SSH-2.0-<script>&\"'".to_owned();
        let picture = svg(&findings);
        assert!(picture.trim_end().ends_with("</svg>"), "{picture}");
        assert!(!picture.contains("<script>") && picture.contains("&lt;script&gt;"), "{picture}");
        let bars: usize = panels(&findings).iter().map(|panel| panel.bars.len()).sum();
        // One more is the paper.
        assert_eq!(picture.matches("<rect").count(), bars + 1);
        assert!(picture.contains("2.00 x ssh"), "{picture}");
    }
}
