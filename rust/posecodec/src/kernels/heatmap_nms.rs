//! Cells that no cell of their neighbourhood exceeds, as the reference's `batch_heatmap_nms` finds
//! them.

use super::element::Response;

/// A plane `width` wide, and how far from a cell its neighbourhood reaches.
#[derive(Debug, Clone, Copy)]
pub struct Neighbourhood<'a, E> {
    /// The responses, row by row.
    pub plane: &'a [E],
    /// Cells a row.
    pub width: usize,
    /// Cells on each side: a kernel of size k reaches (k - 1) / 2.
    pub radius: usize,
}

impl<E: Response> Neighbourhood<'_, E> {
    /// The response of a cell, or 0 where some neighbour exceeds it. NaN stays.
    ///
    /// Cells that are equal stay both. A NaN among the neighbours exceeds everything.
    #[inline]
    pub fn suppressed(&self, cell: usize) -> E {
        self.suppressed_at([cell % self.width, cell / self.width])
    }

    /// [`Self::suppressed`] for the cell `[x, y]`.
    #[inline]
    pub(super) fn suppressed_at(&self, [x, y]: [usize; 2]) -> E {
        let value = self.plane[y * self.width + x];
        // The reference multiplies by 0: there infinity becomes NaN, which `topk` puts first.
        let stays = self.is_peak([x, y]) || value.nan_flag() != E::CLEAR;
        if stays { value } else { E::of(0.0) }
    }

    /// Whether the response of the cell `[x, y]` is a number that no neighbour exceeds.
    #[inline]
    fn is_peak(&self, [x, y]: [usize; 2]) -> bool {
        let value = self.plane[y * self.width + x].key();
        let height = self.plane.len() / self.width;
        let columns = x.saturating_sub(self.radius)..(x + self.radius + 1).min(self.width);
        let rows = y.saturating_sub(self.radius)..(y + self.radius + 1).min(height);
        // The cell's own row first: on a slope, that settles it. `!(a <= b)` counts NaN as larger.
        let exceeded = |row: usize| {
            self.plane[row * self.width..][columns.clone()]
                .iter()
                .any(|neighbour| neighbour.nan_flag() != E::CLEAR || !(neighbour.key() <= value))
        };
        !exceeded(y) && !rows.into_iter().any(|row| row != y && exceeded(row))
    }
}

/// Fills `peaks` with the plane's responses at its peaks, and zeros elsewhere.
pub fn suppress<E: Response>(neighbourhood: Neighbourhood<'_, E>, peaks: &mut [E]) {
    for (cell, peak) in peaks.iter_mut().enumerate() {
        *peak = neighbourhood.suppressed(cell);
    }
}
