//! Naive oracles of the bottom-up codecs' kernels.

use posecodec::Float;

/// `batch_heatmap_nms`: pixels that equal the maximum of their neighborhood, where NaN is above all
/// numbers. The others are 0, but NaN stays.
pub(crate) fn suppressed(plane: &[f64], width: usize, radius: usize) -> Vec<f64> {
    let (width, height, radius) = (width as i64, (plane.len() / width) as i64, radius as i64);
    let at = |x: i64, y: i64| plane[(y * width + x) as usize];
    let largest = |x: i64, y: i64| {
        let mut around = Vec::new();
        for y in (y - radius).max(0)..(y + radius + 1).min(height) {
            for x in (x - radius).max(0)..(x + radius + 1).min(width) {
                around.push(at(x, y));
            }
        }
        super::maximum(&around).1
    };
    (0..width * height)
        .map(|pixel| (pixel % width, pixel / width))
        .map(|(x, y)| (at(x, y), largest(x, y)))
        .map(|(value, largest)| if value.is_nan() || value == largest { value } else { 0.0 })
        .collect()
}

/// An instance for `generate_displacement_heatmap`, with a visible root.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) points: Vec<[f64; 2]>,
    pub(crate) visible: Vec<bool>,
    pub(crate) root: [f64; 2],
    pub(crate) diagonal: f64,
}

/// `generate_displacement_heatmap`, loop by loop: displacements and weights.
pub(crate) fn displacements(
    people: &[Person],
    count: usize,
    [width, height]: [usize; 2],
    radius: f64,
) -> [Vec<f32>; 2] {
    let pixels = width * height;
    let mut displacements = vec![0f32; 2 * count * pixels];
    let mut weights = vec![0f32; 2 * count * pixels];
    let mut sizes = vec![0f32; pixels];
    let inside = |point: [f64; 2]| {
        point[0] >= 0.0 && point[1] >= 0.0 && point[0] < width as f64 && point[1] < height as f64
    };
    for person in people.iter().filter(|person| inside(person.root)) {
        for k in 0..count {
            if !person.visible[k] || !inside(person.points[k]) {
                continue;
            }
            let start = person.root.map(|at| ((at - radius) as i64).max(0));
            let end = person.root.map(|at| (at + radius) as i64);
            for x in start[0]..end[0].min(width as i64) {
                for y in start[1]..end[1].min(height as i64) {
                    let pixel = y as usize * width + x as usize;
                    let (along_x, along_y) = (2 * k * pixels + pixel, (2 * k + 1) * pixels + pixel);
                    let taken = displacements[along_x] != 0.0 || displacements[along_y] != 0.0;
                    if taken && person.diagonal > f64::from(sizes[pixel]) {
                        continue;
                    }
                    displacements[along_x] = (person.points[k][0] - x as f64) as f32;
                    displacements[along_y] = (person.points[k][1] - y as f64) as f32;
                    weights[along_x] = (1.0 / person.diagonal) as f32;
                    weights[along_y] = weights[along_x];
                    sizes[pixel] = person.diagonal as f32;
                }
            }
        }
    }
    [displacements, weights]
}

/// The least cost of an assignment of rows to different columns, by trying all of them.
pub(crate) fn least_cost(costs: &[f64], columns: usize) -> f64 {
    fn rest(rows: &[&[f64]], taken: &mut [bool]) -> f64 {
        let Some((row, others)) = rows.split_first() else { return 0.0 };
        let mut least = f64::INFINITY;
        for column in 0..taken.len() {
            if !taken[column] {
                taken[column] = true;
                least = least.min(row[column] + rest(others, taken));
                taken[column] = false;
            }
        }
        least
    }
    let rows: Vec<_> = costs.chunks_exact(columns).collect();
    rest(&rows, &mut vec![false; columns])
}

/// The first pixel of the least `round(|tags - tag|) * 100 - response`, ignoring NaN.
pub(crate) fn nearest<T: Float>(responses: &[T], tags: &[Vec<T>], tag: &[T]) -> Option<usize> {
    let mut best = None;
    for (pixel, &response) in responses.iter().enumerate() {
        let squares = tags.iter().zip(tag).map(|(plane, &tag)| (plane[pixel] - tag).powi(2));
        let distance = squares.fold(T::zero(), |sum, square| sum + square).sqrt();
        let cost = distance.round_half_even() * T::of(100.0) - response;
        if cost < T::infinity() && best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, pixel));
        }
    }
    best.map(|(_, pixel)| pixel)
}

/// `grid_sample` of one channel, border padding, `align_corners=False`, at a position in pixels that
/// `SPR.get_keypoint_scores` scales to [-1, 1].
pub(crate) fn grid_sample(plane: &[f64], width: usize, at: [f64; 2]) -> f64 {
    let sides = [width, plane.len() / width].map(|side| side as f64);
    let [x, y] = [0, 1].map(|axis| {
        let grid = at[axis] / (sides[axis] - 1.0) * 2.0 - 1.0;
        (((grid + 1.0) * sides[axis] - 1.0) / 2.0).max(0.0).min(sides[axis] - 1.0)
    });
    let corner = |x: f64, y: f64| {
        let [x, y] = [x.min(sides[0] - 1.0), y.min(sides[1] - 1.0)];
        plane[y as usize * width + x as usize]
    };
    let (left, top) = (x.floor(), y.floor());
    let (dx, dy) = (x - left, y - top);
    corner(left, top) * (1.0 - dx) * (1.0 - dy)
        + corner(left + 1.0, top) * dx * (1.0 - dy)
        + corner(left, top + 1.0) * (1.0 - dx) * dy
        + corner(left + 1.0, top + 1.0) * dx * dy
}
