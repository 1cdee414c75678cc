use std::collections::HashMap;
use std::ops::Range;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};

use super::layout::{is_upright, lines, spans, widths};
use super::{Cell, LONGEST_TEXT, Paper, Rating, Sheet, WorkbookError, length};
use crate::model::{Date, Percentage};

/// The font of everything: the one that Chinese offices print with.
const FONT: &str = "宋体";

/// The height of a line, in points. Rows are given their height: not every program finds it by itself.
const LINE: f64 = 16.0;

/// The greatest height of a row.
const TALLEST: f64 = 409.0;

/// The numbers of A4 and A3 among paper sizes.
const A4: u8 = 9;
const A3: u8 = 8;

/// What every sheet with generated units says.
const GENERATED: &str = "含生成数据 / generated data";

/// Writes sheets as one workbook, made on a day; every printed page carries the classification, where there is one.
///
/// # Errors
/// [`WorkbookError`] where a text is longer than a cell may be, or two sheets have one name.
pub fn write_sheets(
    sheets: &[Sheet],
    classification: Option<&str>,
    made_on: Date,
) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let midnight = ExcelDateTime::from_ymd(made_on.year().unsigned_abs(), month(made_on), day(made_on))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&midnight));
    for sheet in sheets {
        let worksheet = workbook.add_worksheet().set_name(sheet.tab())?;
        let widths = widths(sheet);
        let formats = HashMap::new();
        Page { sheet, classification, worksheet, widths: &widths, formats, row: 0 }.write()?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// A sheet that is being written from the top down.
struct Page<'a> {
    sheet: &'a Sheet,
    classification: Option<&'a str>,
    worksheet: &'a mut Worksheet,
    widths: &'a [usize],
    formats: HashMap<Style, Format>,
    /// The next row.
    row: u32,
}

/// How a cell of the table looks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Style {
    Text,
    Number(&'static str),
    Day,
    Rated(Rating),
}

impl Page<'_> {
    fn write(mut self) -> Result<(), WorkbookError> {
        for (column, width) in (0..).zip(self.widths) {
            self.worksheet.set_column_width(column, *width as f64)?;
        }
        let plain = base();
        if let Some(classification) = self.classification {
            self.line(classification, &plain.clone().set_bold().set_align(FormatAlign::Right))?;
        }
        let title = plain.clone().set_bold().set_font_size(16).set_align(FormatAlign::Center);
        self.tall_line(&self.sheet.title, &title, 2.0 * LINE)?;
        if self.sheet.synthetic {
            let mark = plain.clone().set_bold().set_font_color(Color::RGB(0x00C0_0000));
            self.line(GENERATED, &mark.set_align(FormatAlign::Center))?;
        }
        for line in &self.sheet.subtitle {
            self.line(line, &plain)?;
        }
        self.headings()?;
        for row in &self.sheet.rows {
            self.cells(row)?;
        }
        for note in &self.sheet.notes {
            self.line(note, &plain)?;
        }
        self.signatures()?;
        self.print_setup();
        Ok(())
    }

    fn headings(&mut self) -> Result<(), WorkbookError> {
        let heading = bordered().set_bold().set_align(FormatAlign::Center);
        let heading = heading.set_background_color(Color::RGB(0x00E7_E6E6));
        self.height(self.sheet.headings.iter().map(String::as_str))?;
        for (column, text) in (0..).zip(&self.sheet.headings) {
            self.worksheet.write_string_with_format(self.row, column, text, &heading)?;
        }
        self.worksheet.set_repeat_rows(self.row, self.row)?;
        self.row += 1;
        self.worksheet.set_freeze_panes(self.row, 0)?;
        Ok(())
    }

    fn cells(&mut self, cells: &[Cell]) -> Result<(), WorkbookError> {
        let texts: Vec<_> = cells.iter().map(Cell::to_string).collect();
        self.height(texts.iter().map(String::as_str))?;
        for (number, cell) in cells.iter().enumerate() {
            self.cell(number, cell)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Makes the next row as high as the highest of the texts that stand in it.
    fn height<'t>(&mut self, texts: impl Iterator<Item = &'t str>) -> Result<(), WorkbookError> {
        let highest = texts.zip(self.widths).map(|(text, width)| lines(text, *width)).max().unwrap_or(1);
        self.worksheet.set_row_height(self.row, (highest as f64 * LINE).min(TALLEST))?;
        Ok(())
    }

    fn cell(&mut self, number: usize, cell: &Cell) -> Result<(), WorkbookError> {
        let style = match cell {
            Cell::Empty | Cell::ByHand | Cell::Text(_) => Style::Text,
            Cell::Whole(_) => Style::Number("0"),
            Cell::Decimal(_) => Style::Number("0.00"),
            Cell::Percentage(_) => Style::Number("0.0%"),
            Cell::WholeChange(_) => Style::Number("+0;-0;0"),
            Cell::DecimalChange(_) => Style::Number("+0.00;-0.00;0.00"),
            Cell::Date(_) => Style::Day,
            Cell::Rated(_, rating) => Style::Rated(*rating),
        };
        let format = self.formats.entry(style).or_insert_with(|| style.format());
        let (row, column) = (self.row, u16::try_from(number).unwrap_or(u16::MAX));
        match cell {
            Cell::Empty | Cell::ByHand => self.worksheet.write_blank(row, column, format)?,
            Cell::Text(text) | Cell::Rated(text, _) => {
                let length = length(text);
                if length > LONGEST_TEXT {
                    let column = self.sheet.headings[number].clone();
                    return Err(WorkbookError::LongText {
                        sheet: self.sheet.tab(),
                        row: row + 1,
                        column,
                        length,
                    });
                }
                self.worksheet.write_string_with_format(row, column, text, format)?
            }
            Cell::Whole(number) | Cell::WholeChange(number) => {
                self.worksheet.write_number_with_format(row, column, *number as f64, format)?
            }
            Cell::Decimal(number) | Cell::DecimalChange(number) => {
                self.worksheet.write_number_with_format(row, column, *number, format)?
            }
            // As it is shown elsewhere: the workbook would round 99.96 percent to all.
            Cell::Percentage(share) => {
                let share = Percentage::of_ratio(*share).share();
                self.worksheet.write_number_with_format(row, column, share, format)?
            }
            Cell::Date(date) => {
                match ExcelDateTime::from_ymd(date.year().unsigned_abs(), month(*date), day(*date)) {
                    Ok(day) => self.worksheet.write_datetime_with_format(row, column, &day, format)?,
                    // Workbooks know no day before 1900.
                    Err(_) => {
                        self.worksheet.write_string_with_format(row, column, date.to_string(), format)?
                    }
                }
            }
        };
        Ok(())
    }

    /// Writes what is filled in by hand, side by side, each with room behind it.
    fn signatures(&mut self) -> Result<(), WorkbookError> {
        let format = bordered();
        let across = spans(self.widths, self.sheet.signatures.len().min(4));
        for row in self.sheet.signatures.chunks(across.len().max(1)) {
            self.worksheet.set_row_height(self.row, 2.0 * LINE)?;
            for (label, span) in row.iter().zip(&across) {
                self.merged(span, &format!("{label}："), &format)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    /// Writes a line across the sheet, as high as its text needs.
    fn line(&mut self, text: &str, format: &Format) -> Result<(), WorkbookError> {
        let lines = lines(text, self.widths.iter().sum());
        self.tall_line(text, format, lines as f64 * LINE)
    }

    fn tall_line(&mut self, text: &str, format: &Format, height: f64) -> Result<(), WorkbookError> {
        self.worksheet.set_row_height(self.row, height)?;
        self.merged(&(0..self.widths.len()), text, format)?;
        self.row += 1;
        Ok(())
    }

    fn merged(&mut self, columns: &Range<usize>, text: &str, format: &Format) -> Result<(), WorkbookError> {
        let column = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        let (first, last) = (column(columns.start), column(columns.end.saturating_sub(1)));
        // One cell is no range.
        if first < last {
            self.worksheet.merge_range(self.row, first, self.row, last, "", format)?;
        }
        self.worksheet.write_string_with_format(self.row, first, text, format)?;
        Ok(())
    }

    fn print_setup(&mut self) {
        let escaped = |text: &str| text.replace('&', "&&");
        let mark = if self.sheet.synthetic { GENERATED } else { "" };
        let classification = self.classification.map_or_else(String::new, escaped);
        let (paper, pages_down) = match self.sheet.paper {
            Paper::A4 => (A4, 0),
            Paper::A3Page => (A3, 1),
        };
        let page = self.worksheet.set_paper_size(paper).set_print_fit_to_pages(1, pages_down);
        let page = page.set_margins(0.5, 0.5, 0.7, 0.7, 0.3, 0.3).set_print_center_horizontally(true);
        let page = page.set_header(format!("&C{mark}&R{classification}"));
        page.set_footer(format!("&L{}&R第 &P 页，共 &N 页", escaped(&self.sheet.title)));
        if self.sheet.paper == Paper::A4 && is_upright(self.widths) {
            self.worksheet.set_portrait();
        } else {
            self.worksheet.set_landscape();
        }
    }
}

impl Style {
    fn format(self) -> Format {
        match self {
            Self::Text => bordered(),
            Self::Number(shown) => bordered().set_align(FormatAlign::Right).set_num_format(shown),
            Self::Day => bordered().set_align(FormatAlign::Center).set_num_format("yyyy-mm-dd"),
            Self::Rated(rating) => {
                let colour = match rating {
                    Rating::Reached => 0x00C6_EFCE,
                    Rating::Open => 0x00FF_EB9C,
                    Rating::Missed => 0x00FF_C7CE,
                    Rating::Free => 0x00FF_FFFF,
                };
                bordered().set_align(FormatAlign::Center).set_background_color(Color::RGB(colour))
            }
        }
    }
}

fn base() -> Format {
    Format::new().set_font_name(FONT).set_font_size(11).set_text_wrap().set_align(FormatAlign::VerticalCenter)
}

fn bordered() -> Format {
    base().set_border(FormatBorder::Thin)
}

fn month(date: Date) -> u8 {
    date.month().unsigned_abs()
}

fn day(date: Date) -> u8 {
    date.day().unsigned_abs()
}
