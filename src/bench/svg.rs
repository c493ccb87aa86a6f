//! The findings as a picture (SVG): the bars of the page, each with its spread as a line.

use std::borrow::Cow;

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
/// The height of the head's lines and of what follows them, of a panel's title, of a bar's line, and of
/// the bar.
const FIRST: i32 = 24;
const FURTHER: i32 = 18;
const AFTER_HEAD: i32 = 4;
const TITLE: i32 = 34;
const LINE: i32 = 22;
const BAR: i32 = 14;

const INK: RGBColor = RGBColor(40, 44, 52);
const TESSH: RGBColor = RGBColor(0, 122, 135);
const SSH: RGBColor = RGBColor(150, 155, 165);
/// The most columns of the head's first lines and of its further ones, in wide letters of their size.
const FIRST_COLUMNS: usize = 90;
const FURTHER_COLUMNS: usize = 125;
/// For letters of any script.
const FONT: &str = "sans-serif";

/// The picture as text, XML 1.0.
pub fn svg(findings: &BenchFindings) -> String {
    let panels = panels(findings);
    let lines: usize = panels.iter().map(|panel| panel.bars.len()).sum();
    let head = PictureHead::of(findings);
    let below = TITLE * count(panels.len()) + LINE * count(lines) + FURTHER + MARGIN;
    let height = head.height() + below;
    let mut out = String::new();
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    {
        let root = SVGBackend::with_string(&mut out, size).into_drawing_area();
        // Drawing into a string cannot fail.
        let _ = draw(&root, &head, &panels).and_then(|()| root.present());
    }
    out
}

/// What stands above the bars, in lines that the picture has room for.
struct PictureHead {
    first: Vec<String>,
    further: Vec<String>,
}

impl PictureHead {
    fn of(findings: &BenchFindings) -> PictureHead {
        let BenchFindings { login, server, kex, .. } = findings;
        let seconds = format!("{:.1}", findings.elapsed.as_secs_f64());
        let first = say!(bench_head, login, server, seconds);
        let algorithms = say!(bench_algorithms, ciphers = findings.ciphers.join(", "), kex);
        PictureHead {
            first: wrapped(&first, FIRST_COLUMNS),
            further: wrapped(&algorithms, FURTHER_COLUMNS),
        }
    }

    fn height(&self) -> i32 {
        let (first, further) = (count(self.first.len()), count(self.further.len()));
        MARGIN + FIRST * first + FURTHER * further + AFTER_HEAD
    }
}

fn wrapped(text: &str, columns: usize) -> Vec<String> {
    textwrap::wrap(text, columns).into_iter().map(Cow::into_owned).collect()
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX / LINE)
}

type SvgDrawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

fn draw<B: DrawingBackend>(
    root: &DrawingArea<B, Shift>,
    head: &PictureHead,
    panels: &[BarPanel],
) -> SvgDrawn<B> {
    root.fill(&WHITE)?;
    let mut y = MARGIN;
    for line in &head.first {
        text(root, line.clone(), (MARGIN, y), style(17, HPos::Left))?;
        y += FIRST;
    }
    for line in &head.further {
        text(root, line.clone(), (MARGIN, y), style(12, HPos::Left))?;
        y += FURTHER;
    }
    y = head.height();
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
    text(root, say!(bench_picture_key), (MARGIN, y + FURTHER), style(12, HPos::Left))
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
        // Blanks that follow each other are one in a picture.
        figures = format!("{figures}, {}", say!(bench_times_ssh, times));
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
        assert!(picture.contains("320, 2.00 x ssh"), "{picture}");
    }

    #[test]
    fn a_long_head_has_lines_that_fit_and_what_follows_is_below_them() {
        let short = PictureHead::of(&findings());
        let mut findings = findings();
        findings.ciphers = vec!["chacha20-poly1305@openssh.com".to_owned(); 9];
        findings.login = "a".repeat(200);
        let long = PictureHead::of(&findings);
        assert!(long.first.iter().all(|line| line.len() <= FIRST_COLUMNS), "{:?}", long.first);
        assert!(long.further.iter().all(|line| line.len() <= FURTHER_COLUMNS));
        assert!(long.further.len() > 2 && long.height() > short.height());
        let picture = svg(&findings);
        for line in long.first.iter().chain(&long.further) {
            assert!(picture.contains(&line.replace('\'', "&apos;")), "{line}");
        }
    }
}
