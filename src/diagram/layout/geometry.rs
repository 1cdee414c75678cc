/// A place on the chart, in pixels of 1/96 inch, from its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// How large something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: i32,
    /// From top to bottom.
    pub height: i32,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// The left edge.
    pub x: i32,
    /// The upper edge.
    pub y: i32,
    /// How large it is.
    pub size: Size,
}

impl Point {
    pub(in crate::diagram) fn transposed(self) -> Self {
        Self { x: self.y, y: self.x }
    }
}

impl Size {
    pub(in crate::diagram) fn transposed(self) -> Self {
        Self { width: self.height, height: self.width }
    }
}

impl Rect {
    /// The right edge.
    pub fn right(&self) -> i32 {
        self.x + self.size.width
    }

    /// The lower edge.
    pub fn bottom(&self) -> i32 {
        self.y + self.size.height
    }

    /// The middle from left to right.
    pub fn centre_x(&self) -> i32 {
        self.x + self.size.width / 2
    }

    /// The middle from top to bottom.
    pub fn centre_y(&self) -> i32 {
        self.y + self.size.height / 2
    }

    /// Whether two rectangles have any area in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    pub(in crate::diagram) fn transposed(self) -> Self {
        Self { x: self.y, y: self.x, size: self.size.transposed() }
    }
}
