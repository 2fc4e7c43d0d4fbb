//! The pixels near a line segment: a capsule, which is a rectangle with a half disc at both ends.

/// All points within `radius` of a line segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capsule {
    from: [f64; 2],
    step: [f64; 2],
    /// The point of the segment whose boundary point is on a row, per unit of that row: `1 / step[1]`.
    per_row: f64,
    /// The height above the segment of the boundary point to its right.
    rise: f64,
    radius: f64,
}

impl Capsule {
    /// The capsule around the segment between two points. Coordinates and radius are finite.
    pub fn new(from: [f64; 2], to: [f64; 2], radius: f64) -> Self {
        let step = [to[0] - from[0], to[1] - from[1]];
        let length = step[0].hypot(step[1]);
        let rise = if step[1] == 0.0 { 0.0 } else { -radius * step[0] * step[1].signum() / length };
        Self { from, step, per_row: 1.0 / step[1], rise, radius }
    }

    /// The first and the last coordinate along y.
    pub fn y_range(&self) -> [f64; 2] {
        let ends = [self.from[1], self.from[1] + self.step[1]];
        [ends[0].min(ends[1]) - self.radius, ends[0].max(ends[1]) + self.radius]
    }

    /// The first and the last coordinate along x on the line at `y`; `None` if the line misses the capsule.
    ///
    /// The boundary is farthest to the right where the outline's straight part crosses the line, or on
    /// the disc around the end that is nearest to the crossing.
    #[inline(always)]
    pub fn x_range(&self, y: f64) -> Option<[f64; 2]> {
        let left = self.boundary(y, -self.rise, -1.0)?;
        Some([left, self.boundary(y, self.rise, 1.0)?])
    }

    #[inline(always)]
    fn boundary(&self, y: f64, rise: f64, side: f64) -> Option<f64> {
        let along = if self.step[1] == 0.0 {
            // Horizontal: the end on this side.
            if self.step[0] * side > 0.0 { 1.0 } else { 0.0 }
        } else {
            ((y - self.from[1] - rise) * self.per_row).clamp(0.0, 1.0)
        };
        let height = y - self.from[1] - along * self.step[1];
        let square = self.radius * self.radius - height * height;
        (square >= 0.0).then(|| self.from[0] + along * self.step[0] + side * square.sqrt())
    }
}
