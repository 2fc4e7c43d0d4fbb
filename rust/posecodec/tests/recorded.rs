//! The oracles compared with MMPose's recorded results: `tests/golden` at the root.

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;

use crate::common;
use crate::common::bottom_up::{self as naive, Person};
use ndarray::{ArrayD, Axis, IxDyn, OwnedRepr, s};
use ndarray_npy::NpzReader;
use serde_json::{Map, Value};

/// An array in double precision, and whether it was in single.
#[derive(Clone)]
pub(crate) struct Recorded {
    pub(crate) values: ArrayD<f64>,
    pub(crate) single: bool,
}

/// A call, with the options of its codec among the arguments.
pub(crate) struct Case {
    args: Value,
    out: Value,
}

/// The recorded calls of one helper function.
fn recorded(helper: &str) -> (Vec<Case>, HashMap<String, Recorded>) {
    recorded_calls("functional", helper)
}

/// The recorded calls of one method of a codec without float16 arrays, and the arrays that they refer
/// to.
pub(crate) fn recorded_calls(codec: &str, method: &str) -> (Vec<Case>, HashMap<String, Recorded>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    let file = File::open(folder.join(format!("{codec}.npz"))).expect("the recording");
    let mut npz = NpzReader::new(file).expect("an archive");
    let manifest = npz.by_name::<OwnedRepr<u8>, IxDyn>("manifest").expect("bytes");
    let manifest: Value =
        serde_json::from_reader(manifest.as_slice().expect("contiguous")).expect("JSON");
    let mut arrays = HashMap::new();
    for name in npz.names().expect("names") {
        let single = npz.by_name::<OwnedRepr<f32>, IxDyn>(&name);
        let values = single.as_ref().map(|values| values.mapv(f64::from)).ok();
        let values = values
            .or_else(|| npz.by_name::<OwnedRepr<f64>, IxDyn>(&name).ok())
            .or_else(|| Some(npz.by_name::<OwnedRepr<i64>, IxDyn>(&name).ok()?.mapv(|v| v as f64)));
        if let Some(values) = values {
            arrays.insert(name, Recorded { values, single: single.is_ok() });
        }
    }
    let cases = manifest["cases"].as_array().expect("cases").iter();
    let cases = cases
        .filter(|case| case["method"] == method)
        .map(|case| {
            let [options, args] = ["kwargs", "args"].map(|name| case[name]["dict"].clone());
            let all = [options, args].into_iter().filter_map(|dict| dict.as_object().cloned());
            let args = all.flatten().collect::<Map<_, _>>().into();
            Case { args, out: case["out"].clone() }
        })
        .filter(|case| named(&case.args).chain(named(&case.out)).all(|n| arrays.contains_key(n)));
    let cases: Vec<_> = cases.collect();
    assert!(cases.len() >= 2, "{codec}.{method}: {} cases", cases.len());
    (cases, arrays)
}

/// The names of all arrays in a value.
fn named(value: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match value {
        Value::Object(items) => Box::new(items.iter().flat_map(|(key, value)| {
            let own = (key == "array").then(|| value.as_str()).flatten();
            own.into_iter().chain(named(value))
        })),
        Value::Array(items) => Box::new(items.iter().flat_map(named)),
        _ => Box::new(std::iter::empty()),
    }
}

pub(crate) struct Reader<'a>(pub(crate) &'a Case, pub(crate) &'a HashMap<String, Recorded>);

impl Reader<'_> {
    fn array(&self, name: &str) -> Recorded {
        self.optional(name).expect(name)
    }

    /// An array that may be missing.
    pub(crate) fn optional(&self, name: &str) -> Option<Recorded> {
        Some(self.1[self.0.args[name]["array"].as_str()?].clone())
    }

    /// An array of the returned dict.
    pub(crate) fn item(&self, name: &str) -> Option<&ArrayD<f64>> {
        Some(&self.1[self.0.out["dict"][name]["array"].as_str()?].values)
    }

    fn out(&self, number: usize) -> ArrayD<f64> {
        let out = &self.0.out;
        let out = if out["array"].is_string() { out } else { &out["tuple"][number] };
        self.1[out["array"].as_str().expect("an array")].values.clone()
    }

    /// A number, or the default.
    pub(crate) fn number(&self, name: &str, default: f64) -> f64 {
        self.0.args[name]["value"].as_f64().unwrap_or(default)
    }

    /// Whether an option is set.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.args[name]["value"].as_bool().unwrap_or(false)
    }

    /// One or several numbers.
    fn numbers(&self, name: &str) -> Vec<f64> {
        let arg = &self.0.args[name];
        match arg["tuple"].as_array().or(arg["list"].as_array()) {
            Some(items) => items.iter().map(|item| item["value"].as_f64().expect(name)).collect(),
            None if arg["array"].is_string() => self.array(name).values.into_iter().collect(),
            None => vec![self.number(name, f64::NAN)],
        }
    }

    fn size<const N: usize>(&self) -> [usize; N] {
        self.sides("heatmap_size")
    }

    pub(crate) fn sides<const N: usize>(&self, name: &str) -> [usize; N] {
        let sides = self.numbers(name);
        std::array::from_fn(|axis| sides[axis] as usize)
    }

    /// Instance, keypoint and point of all labelled keypoints, in this order.
    fn labelled(&self) -> Vec<(usize, usize, Vec<f64>)> {
        let (points, seen) = (self.array("keypoints").values, self.array("keypoints_visible"));
        let (instances, count) = (points.shape()[0], points.shape()[1]);
        let all = (0..instances).flat_map(|n| (0..count).map(move |k| (n, k)));
        all.filter(|&(n, k)| seen.values[[n, k]] >= 0.5)
            .map(|(n, k)| (n, k, points.slice(s![n, k, ..]).to_vec()))
            .collect()
    }
}

fn close(got: &[f64], want: &ArrayD<f64>, allowed: f64, helper: &str) {
    assert_eq!(got.len(), want.len(), "{helper}");
    for (index, (got, want)) in got.iter().zip(want).enumerate() {
        let same = got == want || got.is_nan() && want.is_nan();
        assert!(same || (got - want).abs() <= allowed, "{helper} {index}: {got} is not {want}");
    }
}

/// Compares every case of a helper function.
fn each(helper: &str, allowed: f64, answer: impl Fn(&Reader<'_>) -> Vec<f64>) {
    let (cases, arrays) = recorded(helper);
    for case in &cases {
        let reader = Reader(case, &arrays);
        close(&answer(&reader), &reader.out(0), allowed, helper);
    }
}

/// Draws every labelled keypoint into the map of its index; the larger value stays.
fn draw_all(
    reader: &Reader<'_>,
    plane: impl Fn([f64; 2], f64, bool) -> Option<Vec<f64>>,
) -> Vec<f64> {
    let [width, height] = reader.size();
    let (sigmas, points) = (reader.numbers("sigma"), reader.array("keypoints"));
    let pixels = width * height;
    let mut maps = vec![0f64; points.values.shape()[1] * pixels];
    for (n, k, at) in reader.labelled() {
        let sigma = sigmas[if sigmas.len() == 1 { 0 } else { n }];
        let Some(plane) = plane([at[0], at[1]], sigma, points.single) else { continue };
        for (pixel, value) in maps[k * pixels..][..pixels].iter_mut().zip(plane) {
            *pixel = pixel.max(value);
        }
    }
    maps
}

#[test]
fn gaussians() {
    for (helper, exact) in
        [("generate_gaussian_heatmaps", false), ("generate_udp_gaussian_heatmaps", true)]
    {
        each(helper, 2e-7, |reader| {
            let size = reader.size();
            draw_all(reader, |at, sigma, single| {
                if single {
                    common::gaussian_patch(size, at.map(|x| x as f32), sigma, exact)
                } else {
                    common::gaussian_patch(size, at, sigma, exact)
                }
            })
        });
    }
    each("generate_unbiased_gaussian_heatmaps", 2e-7, |reader| {
        let size = reader.size();
        draw_all(reader, |at, sigma, _| common::gaussian(size, at, sigma))
    });
}

#[test]
fn gaussians_3d() {
    each("generate_3d_gaussian_heatmaps", 3e-4, |reader| {
        let (size, image) = (reader.size::<3>(), reader.numbers("image_size"));
        let points = reader.array("keypoints");
        let count = points.values.shape()[1];
        let joints = match reader.0.args["joint_indices"]["list"].as_array() {
            Some(_) => reader.numbers("joint_indices"),
            None => (0..count).map(|joint| joint as f64).collect(),
        };
        let (bound, top) =
            (reader.number("heatmap3d_depth_bound", 400.0), reader.number("max_bound", 1.0));
        let sides = [image[0], image[1], bound];
        let (mut maps, pixels) = (Vec::new(), size.iter().product::<usize>());
        for joint in joints {
            let mut map = vec![0f64; pixels];
            let sigmas = reader.numbers("sigma");
            let joint = (joint as isize).rem_euclid(count as isize) as usize;
            for (number, instance) in points.values.axis_iter(Axis(0)).enumerate() {
                // In the keypoints' own precision, which decides how a half is rounded.
                let center: [f64; 3] = std::array::from_fn(|axis| {
                    let half = if axis == 2 { 0.5 } else { 0.0 };
                    let at = instance[[joint, axis]];
                    if points.single {
                        let share = at as f32 / sides[axis] as f32 + half as f32;
                        f64::from(share * size[axis] as f32)
                    } else {
                        (at / sides[axis] + half) * size[axis] as f64
                    }
                });
                let ball = common::gaussian_patch_3d(size, center, sigmas[number % sigmas.len()]);
                for (pixel, value) in map.iter_mut().zip(ball) {
                    *pixel = pixel.max(value * top);
                }
            }
            maps.extend(map);
        }
        maps
    });
}

#[test]
fn offsets_and_displacements() {
    each("generate_offset_heatmap", 1e-5, |reader| {
        let [width, height] = reader.size();
        let radius = reader.number("radius_factor", f64::NAN) * width.max(height) as f64;
        let pixels = width * height;
        let mut maps = vec![0f64; reader.array("keypoints").values.shape()[1] * 3 * pixels];
        for (_, k, at) in reader.labelled() {
            let planes = common::offsets([width, height], [at[0], at[1]], radius);
            maps[3 * k * pixels..][..3 * pixels].copy_from_slice(&planes.concat());
        }
        maps
    });
    let (cases, arrays) = recorded("generate_displacement_heatmap");
    for case in &cases {
        let reader = Reader(case, &arrays);
        let [points, seen, roots, roots_seen, diagonals] =
            ["keypoints", "keypoints_visible", "roots", "roots_visible", "diagonal_lengths"]
                .map(|name| reader.array(name).values);
        let count = points.shape()[1];
        let people: Vec<_> = (0..points.shape()[0])
            .filter(|&n| roots_seen[[n]] >= 1.0)
            .map(|n| Person {
                points: (0..count).map(|k| [points[[n, k, 0]], points[[n, k, 1]]]).collect(),
                visible: (0..count).map(|k| seen[[n, k]] >= 1.0).collect(),
                root: [roots[[n, 0]], roots[[n, 1]]],
                diagonal: diagonals[[n]],
            })
            .collect();
        let maps = naive::displacements(&people, count, reader.size(), reader.number("radius", 0.));
        for (number, map) in maps.iter().enumerate() {
            let wide: Vec<_> = map.iter().copied().map(f64::from).collect();
            close(&wide, &reader.out(number), 1e-5, "generate_displacement_heatmap");
        }
    }
}

/// The planes of an array (..., H, W) with their width.
fn planes(maps: &ArrayD<f64>) -> (Vec<Vec<f64>>, usize) {
    let shape = maps.shape();
    let [height, width] = [shape[shape.len() - 2], shape[shape.len() - 1]];
    let flat: Vec<f64> = maps.iter().copied().collect();
    (flat.chunks(height * width).map(<[f64]>::to_vec).collect(), width)
}

#[test]
fn maxima_and_peaks() {
    let (cases, arrays) = recorded("get_heatmap_maximum");
    for case in &cases {
        let reader = Reader(case, &arrays);
        let (planes, width) = planes(&reader.array("heatmaps").values);
        let (mut places, mut values) = (Vec::new(), Vec::new());
        for plane in &planes {
            let (index, value) = common::maximum(plane);
            let place = [(index % width) as f64, (index / width) as f64];
            places.extend(if value <= 0.0 { [-1.0; 2] } else { place });
            values.push(value);
        }
        close(&places, &reader.out(0), 0.0, "places");
        close(&values, &reader.out(1), 0.0, "values");
    }
    each("batch_heatmap_nms", 0.0, |reader| {
        let (planes, width) = planes(&reader.array("batch_heatmaps").values);
        let radius = reader.number("kernel_size", 5.0) as usize / 2;
        planes.iter().flat_map(|plane| naive::suppressed(plane, width, radius)).collect()
    });
}

#[test]
fn blurs() {
    each("gaussian_blur", 1e-5, |reader| {
        let (planes, width) = planes(&reader.array("heatmaps").values);
        let size = reader.number("kernel", 11.0) as usize;
        planes
            .iter()
            .flat_map(|plane| {
                let blurred = common::blur(plane, width, size, false);
                let factor = common::maximum(plane).1 / common::maximum(&blurred).1;
                blurred.into_iter().map(move |value| value * factor)
            })
            .collect()
    });
}

#[test]
fn refinements() {
    type Offset = fn(&[f64], usize, i64, i64, usize) -> Option<[f64; 2]>;
    let helpers: [(&str, Offset); 3] = [
        ("refine_keypoints", |plane, width, x, y, _| Some(common::quarter(plane, width, x, y))),
        ("refine_keypoints_dark", |plane, width, x, y, size| {
            common::dark(plane, width, x, y, size).map(|(step, _)| step)
        }),
        ("refine_keypoints_dark_udp", |plane, width, x, y, size| {
            common::dark_udp(plane, width, x, y, size).map(|(step, _)| step)
        }),
    ];
    for (helper, offset) in helpers {
        each(helper, 2e-3, |reader| {
            let (planes, width) = planes(&reader.array("heatmaps").values);
            let size = reader.number("blur_kernel_size", 11.0) as usize;
            let points = reader.array("keypoints").values;
            let columns = *points.shape().last().expect("axes");
            let mut flat: Vec<f64> = points.into_iter().collect();
            // Additional columns do not change.
            for (point, plane) in flat.chunks_exact_mut(columns).zip(planes.iter().cycle()) {
                let [x, y] = [point[0], point[1]];
                let offset = offset(plane, width, x as i64, y as i64, size).expect("not singular");
                (point[0], point[1]) = (x + offset[0], y + offset[1]);
            }
            flat
        });
    }
    each("refine_simcc_dark", 2e-3, |reader| {
        let vectors = reader.array("simcc").values;
        let bins = *vectors.shape().last().expect("axes");
        let flat: Vec<f64> = vectors.into_iter().collect();
        let size = reader.number("blur_kernel_size", 11.0) as usize;
        let places = reader.array("keypoints").values;
        let places = places.iter().zip(flat.chunks(bins));
        places.map(|(&x, vector)| x + common::simcc_dark(vector, x as i64, size)).collect()
    });
}
