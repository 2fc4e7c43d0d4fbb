//! The assignment of rows to columns at the least cost, by the Hungarian method.
//!
//! Where several assignments cost the same, the one that is found depends on the order of every
//! search. The reference's `munkres` package searches in its own order, and associative embedding's
//! groups come out of it; the assignment crates that there are search in others. So this follows
//! Munkres' steps as that package takes them, with its additions in its order, on rows that are
//! scanned as slices.

use crate::error::{Result, try_with_capacity};

/// The least-cost assignment of the rows of a matrix, `columns` wide, to different columns: the
/// column of each row. There must not be more rows than columns.
///
/// Costs that are not finite count as very large ones.
///
/// # Errors
/// [`crate::Error::OutOfMemory`] for a square of `columns`.
pub fn assign(costs: &[f64], columns: usize) -> Result<Vec<usize>> {
    let rows = costs.len().checked_div(columns).unwrap_or(0);
    assert!(rows <= columns, "more rows than columns");
    let mut matching = Matching::new(costs, columns)?;
    matching.star_free_zeros();
    while matching.cover_starred_columns() < columns {
        matching.augment();
    }
    let starred = matching.star_in_row.into_iter().take(rows);
    Ok(starred.map(|column| column.expect("all matched")).collect())
}

/// A square matrix of costs, reduced step by step, and the zeros that were chosen in it.
struct Matching {
    size: usize,
    costs: Vec<f64>,
    row_covered: Vec<bool>,
    column_covered: Vec<bool>,
    star_in_row: Vec<Option<usize>>,
    star_in_column: Vec<Option<usize>>,
    /// The primed zero of a row: there is one at most, as its row is covered at once.
    prime_in_row: Vec<Option<usize>>,
}

impl Matching {
    /// Rows of zeros fill the square; every row is reduced by its least cost.
    fn new(costs: &[f64], size: usize) -> Result<Self> {
        // Above every cost that a finite distance makes, and far from overflow when added up.
        const LARGEST: f64 = 1e100;
        let mut square = try_with_capacity("costs of an assignment", size.saturating_mul(size))?;
        square.resize(size * size, 0.0);
        for (reduced, &cost) in square.iter_mut().zip(costs) {
            *reduced = if cost.is_nan() { LARGEST } else { cost.clamp(-LARGEST, LARGEST) };
        }
        for row in square.chunks_exact_mut(size.max(1)) {
            let least = row.iter().copied().fold(f64::INFINITY, f64::min);
            for cost in row {
                *cost -= least;
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

    /// Stars the first zero of each row whose column has none.
    fn star_free_zeros(&mut self) {
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

    /// Covers the columns that have a star, and only those; answers with how many.
    fn cover_starred_columns(&mut self) -> usize {
        self.row_covered.fill(false);
        self.prime_in_row.fill(None);
        for (covered, star) in self.column_covered.iter_mut().zip(&self.star_in_column) {
            *covered = star.is_some();
        }
        self.column_covered.iter().filter(|&&covered| covered).count()
    }

    /// Primes uncovered zeros until one has no star in its row, and makes one star more along the
    /// path of primes and stars from there.
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

    /// In the first row from `from` on, round the end, that has an uncovered zero: the last of them,
    /// counted from the column of `from`, round the end.
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

    /// Adds the least uncovered cost to covered rows and takes it from uncovered columns.
    fn make_zero(&mut self) {
        let mut least = f64::INFINITY;
        for row in (0..self.size).filter(|&row| !self.row_covered[row]) {
            for (&cost, &covered) in self.row(row).iter().zip(&self.column_covered) {
                if !covered && cost < least {
                    least = cost;
                }
            }
        }
        let rows = self.costs.chunks_exact_mut(self.size).zip(&self.row_covered);
        for (row, &row_covered) in rows {
            for (cost, &column_covered) in row.iter_mut().zip(&self.column_covered) {
                // One after the other where both apply: that rounds as the reference's does.
                if row_covered {
                    *cost += least;
                }
                if !column_covered {
                    *cost -= least;
                }
            }
        }
    }

    /// From a prime without a star in its row: stars become free, primes become stars.
    fn flip_path(&mut self, mut row: usize, mut column: usize) {
        while let Some(starred) = self.star_in_column[column] {
            self.star(row, column);
            row = starred;
            column = self.prime_in_row[row].expect("a starred row that was covered has a prime");
        }
        self.star(row, column);
    }
}
