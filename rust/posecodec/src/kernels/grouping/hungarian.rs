//! The linear sum assignment problem, solved by the Hungarian method as the `munkres` package does.
//!
//! If several assignments have the same least cost, the order of every search decides which one is
//! found, and with it how associative embedding groups keypoints. Published crates search in other
//! orders. So this follows the steps of the `munkres` package (after Munkres 1957), with its additions
//! in its order:
//!
//! ```text
//! 1. Subtract from each row its minimum.
//! 2. Star each zero that has no starred zero in its row or column.
//! 3. Cover each column that has a starred zero. If all columns are covered, the starred zeros are the
//!    assignment.
//! 4. Find an uncovered zero and prime it. If none is left, go to 6.
//!    If its row has no starred zero, go to 5.
//!    Otherwise cover the row, uncover the column of its starred zero, and repeat 4.
//! 5. From the primed zero, follow: the starred zero in its column, the primed zero in that row, and so
//!    on, until a column has no starred zero. Unstar the starred zeros of the path, star the primed
//!    ones, clear all covers and primes, and go to 3.
//! 6. Add the minimum uncovered cost to covered rows, subtract it from uncovered columns, and go to 4.
//! ```

use crate::error::{Result, try_with_capacity};

/// The column that each row of a cost matrix, `columns` wide, is assigned to, so that the sum of the
/// costs is minimal. There must not be more rows than columns.
///
/// NaN counts as 1e100, and costs are clipped to ±1e100.
///
/// # Errors
/// [`crate::Error::OutOfMemory`] for a square of `columns`.
pub fn linear_sum_assignment(costs: &[f64], columns: usize) -> Result<Vec<usize>> {
    let rows = costs.len().checked_div(columns).unwrap_or(0);
    assert!(rows <= columns, "more rows than columns");
    let mut matching = Matching::new(costs, columns)?;
    matching.star_zeros();
    while matching.cover_starred_columns() < columns {
        matching.augment();
    }
    let starred = matching.star_in_row.into_iter().take(rows);
    Ok(starred.map(|column| column.expect("all matched")).collect())
}

/// A square cost matrix that is reduced step by step, and the zeros that are starred or primed.
struct Matching {
    size: usize,
    costs: Vec<f64>,
    row_covered: Vec<bool>,
    column_covered: Vec<bool>,
    star_in_row: Vec<Option<usize>>,
    star_in_column: Vec<Option<usize>>,
    /// The primed zero of each row: at most one, because its row is covered in the same step.
    prime_in_row: Vec<Option<usize>>,
}

impl Matching {
    /// Step 1. Rows of zeros extend the matrix to a square.
    fn new(costs: &[f64], size: usize) -> Result<Self> {
        // Larger than the cost of any finite distance, and sums of it do not overflow.
        const MAX_COST: f64 = 1e100;
        let mut square = try_with_capacity("costs of an assignment", size.saturating_mul(size))?;
        square.resize(size * size, 0.0);
        for (reduced, &cost) in square.iter_mut().zip(costs) {
            *reduced = if cost.is_nan() { MAX_COST } else { cost.clamp(-MAX_COST, MAX_COST) };
        }
        for row in square.chunks_exact_mut(size.max(1)) {
            let min = row.iter().copied().fold(f64::INFINITY, f64::min);
            for cost in row {
                *cost -= min;
            }
        }
        Ok(Self {
            size,
            costs: square,
            row_covered: vec![false; size],
            column_covered: vec![false; size],
            star_in_row: vec![None; size],
            star_in_column: vec![None; size],
            prime_in_row: vec![None; size],
        })
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.costs[row * self.size..][..self.size]
    }

    /// Step 2: stars the first zero of each row whose column has no star yet.
    fn star_zeros(&mut self) {
        for row in 0..self.size {
            let free = |(&cost, star): (&f64, &Option<usize>)| cost == 0.0 && star.is_none();
            let column = self.row(row).iter().zip(&self.star_in_column).position(free);
            if let Some(column) = column {
                self.star(row, column);
            }
        }
    }

    fn star(&mut self, row: usize, column: usize) {
        self.star_in_row[row] = Some(column);
        self.star_in_column[column] = Some(row);
    }

    /// Step 3: covers the columns that have a star, and nothing else. Returns their number.
    fn cover_starred_columns(&mut self) -> usize {
        self.row_covered.fill(false);
        self.prime_in_row.fill(None);
        for (covered, star) in self.column_covered.iter_mut().zip(&self.star_in_column) {
            *covered = star.is_some();
        }
        self.column_covered.iter().filter(|&&covered| covered).count()
    }

    /// Steps 4 to 6: adds one starred zero.
    fn augment(&mut self) {
        let mut from = [0, 0];
        loop {
            let Some([row, column]) = self.uncovered_zero(from) else {
                self.make_zero();
                from = [0, 0];
                continue;
            };
            self.prime_in_row[row] = Some(column);
            match self.star_in_row[row] {
                None => return self.flip_path(row, column),
                Some(star) => {
                    self.row_covered[row] = true;
                    self.column_covered[star] = false;
                    from = [row, star];
                }
            }
        }
    }

    /// The uncovered zero that `munkres` finds in step 4: in the first row that has one, beginning at the
    /// row of `from` and wrapping around, the last one, counted from the column of `from` and wrapping
    /// around.
    fn uncovered_zero(&self, [first_row, first_column]: [usize; 2]) -> Option<[usize; 2]> {
        (first_row..self.size).chain(0..first_row).filter(|&row| !self.row_covered[row]).find_map(
            |row| {
                let costs = self.row(row);
                let free = |&column: &usize| costs[column] == 0.0 && !self.column_covered[column];
                let before = (0..first_column).rev().find(free);
                let column = before.or_else(|| (first_column..self.size).rev().find(free))?;
                Some([row, column])
            },
        )
    }

    /// Step 6: makes an uncovered zero.
    fn make_zero(&mut self) {
        let mut min = f64::INFINITY;
        for row in (0..self.size).filter(|&row| !self.row_covered[row]) {
            for (&cost, &covered) in self.row(row).iter().zip(&self.column_covered) {
                if !covered && cost < min {
                    min = cost;
                }
            }
        }
        let rows = self.costs.chunks_exact_mut(self.size).zip(&self.row_covered);
        for (row, &row_covered) in rows {
            for (cost, &column_covered) in row.iter_mut().zip(&self.column_covered) {
                // Where both apply, one after the other: rounded as `munkres` rounds it.
                if row_covered {
                    *cost += min;
                }
                if !column_covered {
                    *cost -= min;
                }
            }
        }
    }

    /// Step 5: stars the primed zeros of the alternating path, unstars the starred ones.
    fn flip_path(&mut self, mut row: usize, mut column: usize) {
        while let Some(starred) = self.star_in_column[column] {
            self.star(row, column);
            row = starred;
            column = self.prime_in_row[row].expect("a starred row that was covered has a prime");
        }
        self.star(row, column);
    }
}
