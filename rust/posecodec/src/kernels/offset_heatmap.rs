//! A class map and two offset maps a keypoint, as the reference's `generate_offset_heatmap`.

/// Fills three planes of `width` × `height` cells: 1 within `radius` of `centre` and 0 elsewhere,
/// then the offsets to the centre along x and y in units of the radius.
///
/// `scratch` holds the offsets along x between calls. In double precision, as NumPy computes it.
pub fn fill_offset_planes(
    planes: [&mut [f32]; 3],
    width: usize,
    centre: [f64; 2],
    radius: f64,
    scratch: &mut Vec<(f64, f32)>,
) {
    let [class, offsets_x, offsets_y] = planes;
    scratch.clear();
    scratch.extend((0..width).map(|x| {
        let offset = (centre[0] - x as f64) / radius;
        (offset * offset, offset as f32)
    }));
    let rows = class.chunks_exact_mut(width).zip(offsets_x.chunks_exact_mut(width));
    let rows = rows.zip(offsets_y.chunks_exact_mut(width));
    for (y, ((class, offsets_x), offsets_y)) in rows.enumerate() {
        let offset_y = (centre[1] - y as f64) / radius;
        let squared = offset_y * offset_y;
        for (cell, &(_, offset)) in offsets_x.iter_mut().zip(&*scratch) {
            *cell = offset;
        }
        offsets_y.fill(offset_y as f32);
        if squared <= 1.0 {
            for (cell, &(squared_x, _)) in class.iter_mut().zip(&*scratch) {
                *cell = if squared_x + squared <= 1.0 { 1.0 } else { 0.0 };
            }
        } else {
            class.fill(0.0);
        }
    }
}
