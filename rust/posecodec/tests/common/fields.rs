//! Naive oracles of fields and shapes: the formula at every pixel.

/// The distance of a point from a line segment.
pub(crate) fn distance(point: [f64; 2], [from, to]: [[f64; 2]; 2]) -> f64 {
    let step = [to[0] - from[0], to[1] - from[1]];
    let square = step[0] * step[0] + step[1] * step[1];
    let along = (point[0] - from[0]) * step[0] + (point[1] - from[1]) * step[1];
    let along = if square > 0.0 { (along / square).clamp(0.0, 1.0) } else { 0.0 };
    let [x, y] = [0, 1].map(|axis| from[axis] + along * step[axis] - point[axis]);
    x.hypot(y)
}

/// DeepLabCut's vector at a point: in double precision.
pub(crate) fn band_vector(
    [x, y]: [f64; 2],
    [from, to]: [[f64; 2]; 2],
    width: f64,
) -> Option<[f64; 2]> {
    let step = [to[0] - from[0], to[1] - from[1]];
    let length = (step[0] * step[0] + step[1] * step[1]).sqrt();
    let unit = step.map(|side| side / length);
    let ends = [from, to].map(|[x, y]| unit[0] * x + unit[1] * y);
    let along = unit[0] * x + unit[1] * y;
    let offset = from[1] * unit[0] - from[0] * unit[1];
    let across = (((y * unit[0] - x * unit[1]) - offset) / width).abs();
    let inside = along >= ends[0].min(ends[1]) && along <= ends[0].max(ends[1]) && across <= 1.0;
    (length > 0.0 && inside).then(|| unit.map(|side| side * (1.0 - across)))
}

/// SLEAP's vector at a point: in double precision.
pub(crate) fn edge_vector(point: [f64; 2], [from, to]: [[f64; 2]; 2], sigma: f64) -> [f64; 2] {
    let step = [to[0] - from[0], to[1] - from[1]];
    let square = step[0] * step[0] + step[1] * step[1];
    // Edges shorter than a pixel are not extended to it, but projections onto them are.
    let along = (point[0] - from[0]) * step[0] + (point[1] - from[1]) * step[1];
    let along = (along / square.max(1.0)).clamp(0.0, 1.0);
    let across = [0, 1].map(|axis| from[axis] + along * step[axis] - point[axis]);
    let distance = across[0] * across[0] + across[1] * across[1];
    let weight = (-(distance * distance) / (2.0 * sigma * sigma)).exp();
    if square == 0.0 { [0.0; 2] } else { step.map(|side| side / square.sqrt() * weight) }
}
