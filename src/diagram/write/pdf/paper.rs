use crate::diagram::layout::{Point, Rect, Size};

/// What a PDF is printed on.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString, strum::EnumIter, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Paper {
    /// 297 by 420 mm.
    #[default]
    A3,
    /// 210 by 297 mm.
    A4,
    /// One sheet as large as the chart.
    Chart,
}

/// Points, of which there are 72 to the inch, in a pixel of the chart: 96 to the inch.
const POINTS: f32 = 0.75;
/// Smaller than so many points to the pixel a name could not be read.
const SMALLEST: f32 = 0.55;
/// What is left free around a sheet, in points: 10 mm.
pub(super) const MARGIN: f32 = 28.35;
/// PDF knows no larger sheet, in points.
const LARGEST: f32 = 14_400.0;

/// How a chart is spread over sheets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tiling {
    /// The sheet, in points.
    pub(super) sheet: (f32, f32),
    /// Points to a pixel.
    pub(super) scale: f32,
    /// How many sheets from left to right.
    pub(super) columns: u32,
    /// How many sheets from top to bottom.
    pub(super) rows: u32,
}

impl Tiling {
    /// The fewest sheets that a chart can be read on.
    pub(super) fn new(size: Size, paper: Paper) -> Self {
        let (short, long) = match paper {
            Paper::A3 => (841.89, 1190.55),
            Paper::A4 => (595.28, 841.89),
            Paper::Chart => return Self::one(size),
        };
        let landscape = Self::on(size, (long, short));
        let portrait = Self::on(size, (short, long));
        if portrait.count() < landscape.count() { portrait } else { landscape }
    }

    fn one(size: Size) -> Self {
        let (width, height) = (size.width as f32, size.height as f32);
        let scale = POINTS.min((LARGEST - 2.0 * MARGIN) / width.max(height));
        let sheet = (width * scale + 2.0 * MARGIN, height * scale + 2.0 * MARGIN);
        Self { sheet, scale, columns: 1, rows: 1 }
    }

    fn on(size: Size, sheet: (f32, f32)) -> Self {
        let room = (sheet.0 - 2.0 * MARGIN, sheet.1 - 2.0 * MARGIN);
        let fits = (room.0 / size.width as f32).min(room.1 / size.height as f32);
        let scale = if fits >= SMALLEST { fits.min(POINTS) } else { POINTS };
        let count = |pixels: i32, room: f32| (pixels as f32 * scale / room - 0.001).ceil().max(1.0) as u32;
        Self { sheet, scale, columns: count(size.width, room.0), rows: count(size.height, room.1) }
    }

    pub(super) fn count(&self) -> u32 {
        self.columns * self.rows
    }

    /// How much of a sheet is drawn on, in points.
    pub(super) fn room(&self) -> (f32, f32) {
        (self.sheet.0 - 2.0 * MARGIN, self.sheet.1 - 2.0 * MARGIN)
    }

    /// The part of the chart that a sheet shows, in pixels.
    pub(super) fn part(&self, (column, row): (u32, u32)) -> Rect {
        let (width, height) = (self.room().0 / self.scale, self.room().1 / self.scale);
        let (left, top) = (width * column as f32, height * row as f32);
        Rect {
            x: left.floor() as i32,
            y: top.floor() as i32,
            size: Size { width: width.ceil() as i32 + 1, height: height.ceil() as i32 + 1 },
        }
    }

    /// The exact corner of that part.
    pub(super) fn corner(&self, (column, row): (u32, u32)) -> (f32, f32) {
        (self.room().0 / self.scale * column as f32, self.room().1 / self.scale * row as f32)
    }
}

/// Whether what takes some room shows on a part.
pub(super) fn shows(extent: &Rect, part: &Rect) -> bool {
    let corner = Point { x: extent.x - 4, y: extent.y - 4 };
    let size = Size { width: extent.size.width + 8, height: extent.size.height + 8 };
    Rect { x: corner.x, y: corner.y, size }.overlaps(part)
}
