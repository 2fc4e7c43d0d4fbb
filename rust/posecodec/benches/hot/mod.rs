//! The hot kernels as repeatable calls, for the benchmarks `kernels` (times) and `instructions` (counts).
//! Planes are 64×48, like the outputs of top-down networks, or 128×128, like those of bottom-up ones.

use std::borrow::Cow;
use std::hint::black_box;

use half::f16;
use posecodec::HeatmapValue;
use posecodec::kernels::blur::kernel::GaussianKernel;
use posecodec::kernels::blur::{
    BlurBuffers, Border, blur_plane, blur_vector, blur_window, blurred_argmax,
};
use posecodec::kernels::fields::displacement::{
    Direction, DisplacementMaps, RootedInstance, fill_displacements,
};
use posecodec::kernels::fields::offset::{OffsetBuffers, fill_offset_planes};
use posecodec::kernels::gaussian::heatmap::{Blend, fill_unbiased};
use posecodec::kernels::gaussian::outer_product::outer_product;
use posecodec::kernels::gaussian::profiles::{AxisProfile, Center, GaussianPatch};
use posecodec::kernels::grouping::nms::{Neighborhood, NmsBuffers, suppress};
use posecodec::kernels::grouping::tag_map::TagMap;
use posecodec::kernels::grouping::top_k::top_k;
use posecodec::kernels::maximum::maximum;
use posecodec::kernels::refinement::{
    Peak, dark_offset, dark_udp_offset, quarter_shift, simcc_dark_offset,
};
use posecodec::kernels::simcc::{SimccProfile, softmax_maximum};

const WIDTH: usize = 48;
const HEIGHT: usize = 64;
const CENTER: [f64; 2] = [23.7, 30.2];
/// Side of a bottom-up network's maps.
const SIDE: usize = 128;
/// Bins of a SimCC label along y.
const BINS: usize = 512;

/// A kernel with inputs.
pub(crate) struct Case {
    /// Its name in reports.
    pub(crate) name: &'static str,
    /// One call.
    pub(crate) run: Box<dyn FnMut()>,
}

/// A case whose result the compiler must not optimize away.
fn case<T>(name: &'static str, mut run: impl FnMut() -> T + 'static) -> Case {
    Case { name, run: Box::new(move || drop(black_box(run()))) }
}

/// Every hot kernel.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = fills();
    cases.extend(maxima());
    cases.extend(blurs());
    cases.extend(refinements());
    cases.extend(vectors());
    cases.extend(bottom_up());
    cases
}

/// A map like a network's output: a Gaussian with noise.
fn bump(width: usize, height: usize, center: [f64; 2]) -> Vec<f32> {
    (0..width * height)
        .map(|pixel| {
            let x = (pixel % width) as f32 - center[0] as f32;
            let y = (pixel / width) as f32 - center[1] as f32;
            (-(x * x + y * y) / 8.0).exp() + 1e-3 * ((pixel * 7919) % 101) as f32 / 101.0
        })
        .collect()
}

fn plane() -> Vec<f32> {
    bump(WIDTH, HEIGHT, CENTER)
}

/// Encoding: kernels that fill a plane.
fn fills() -> Vec<Case> {
    let size = [WIDTH, HEIGHT];
    let zeros = || vec![0f32; WIDTH * HEIGHT];
    let patch = || (zeros(), GaussianPatch::new(2.0), <[Vec<f32>; 2]>::default());
    let mut rounded = patch();
    let mut exact = patch();
    let (mut unbiased, mut scratch) = (zeros(), Vec::new());
    let mut offsets = [zeros(), zeros(), zeros()];
    let mut offset_buffers = OffsetBuffers::default();
    let (mut blurred, kernel) = (zeros(), GaussianKernel::new(11));
    let (mut along, mut down) = (Vec::new(), Vec::new());
    vec![
        case("draw_gaussian, rounded center", move || {
            let (plane, patch, scratch) = &mut rounded;
            patch.draw_gaussian(
                black_box(plane),
                size,
                black_box(CENTER),
                Center::Rounded,
                Blend::Overwrite,
                scratch,
            )
        }),
        case("draw_gaussian, exact center", move || {
            let (plane, patch, scratch) = &mut exact;
            patch.draw_gaussian(
                black_box(plane),
                size,
                black_box(CENTER),
                Center::Exact,
                Blend::Overwrite,
                scratch,
            )
        }),
        case("outer_product, blurred point 11", move || {
            let x = kernel.impulse_response(black_box(24), WIDTH, &mut along);
            let y = kernel.impulse_response(black_box(30), HEIGHT, &mut down);
            let (x, y) =
                (AxisProfile { start: x, values: &along }, AxisProfile { start: y, values: &down });
            outer_product(black_box(&mut blurred), WIDTH, x, y, false);
        }),
        case("fill_unbiased", move || {
            fill_unbiased(
                black_box(&mut unbiased),
                WIDTH,
                black_box(CENTER),
                2.0,
                false,
                &mut scratch,
            );
        }),
        case("fill_offset_planes", move || {
            let planes = offsets.each_mut().map(|plane| black_box(&mut plane[..]));
            fill_offset_planes(planes, WIDTH, black_box(CENTER), 3.5, &mut offset_buffers);
        }),
    ]
}

/// Decoding: the maximum in each precision.
fn maxima() -> Vec<Case> {
    let single = plane();
    let half: Vec<f16> = single.iter().copied().map(f16::from_f32).collect();
    let double: Vec<f64> = single.iter().copied().map(f64::from).collect();
    vec![
        case("maximum, f16", move || maximum(black_box(&half[..]))),
        case("maximum, f32", move || maximum(black_box(&single[..]))),
        case("maximum, f64", move || maximum(black_box(&double[..]))),
    ]
}

fn blurs() -> Vec<Case> {
    let window = |name, run: fn(&[f32], &GaussianKernel)| {
        let (plane, kernel) = (plane(), GaussianKernel::new(11));
        case(name, move || run(black_box(&plane), &kernel))
    };
    let whole = |name, size, border| {
        let (plane, kernel, mut buffers) =
            (plane(), GaussianKernel::new(size), BlurBuffers::default());
        case(name, move || blur_plane(black_box(&plane), WIDTH, &kernel, border, &mut buffers)[0])
    };
    let argmax = |name, plane: Vec<f32>, size, border| {
        let (kernel, mut buffers) = (GaussianKernel::new(size), BlurBuffers::default());
        case(name, move || {
            blurred_argmax(black_box(&plane), WIDTH, &kernel, border, &mut buffers).maximum
        })
    };
    let disc =
        plane().into_iter().map(|value| f32::from(u8::from(value > 0.2)) + 0.02 * value).collect();
    vec![
        window("blur_window, 3×3", |plane, kernel| {
            black_box(blur_window::<f32, 3>(plane, WIDTH, black_box([24, 30]), kernel));
        }),
        window("blur_window, 5×5", |plane, kernel| {
            black_box(blur_window::<f32, 5>(plane, WIDTH, black_box([24, 30]), kernel));
        }),
        whole("blur_plane, 11", 11, Border::Zero),
        whole("blur_plane, 23 reflected", 23, Border::Reflect101),
        argmax("blurred_argmax, 11", plane(), 11, Border::Zero),
        argmax("blurred_argmax, 23 reflected, disc", disc, 23, Border::Reflect101),
    ]
}

/// Decoding: refinement of a maximum.
fn refinements() -> Vec<Case> {
    type Refine<E> = fn(&Peak<'_, E>, &GaussianKernel, &mut BlurBuffers) -> [f64; 2];
    fn refine<E: HeatmapValue + 'static>(
        name: &'static str,
        plane: Vec<E>,
        refine: Refine<E>,
    ) -> Case {
        let (kernel, mut buffers) = (GaussianKernel::new(11), BlurBuffers::default());
        let largest = maximum(&plane).expect("not empty");
        let at = [largest.index % WIDTH, largest.index / WIDTH];
        case(name, move || {
            let peak = Peak { plane: black_box(&plane), width: WIDTH, at, value: largest.value };
            refine(&peak, &kernel, &mut buffers)
        })
    }
    let half = plane().into_iter().map(f16::from_f32).collect();
    vec![
        refine("quarter_shift", plane(), |peak, _, _| quarter_shift(peak).map(f64::from)),
        refine("dark_offset", plane(), dark_offset),
        refine("dark_udp_offset", plane(), dark_udp_offset),
        refine("dark_udp_offset, f16", half, dark_udp_offset::<f16>),
    ]
}

/// SimCC: encoding and decoding.
fn vectors() -> Vec<Case> {
    let label = || bump(BINS, 1, [200.3, 0.0]);
    let profile = SimccProfile::new(6.0, BINS, Some(15.0)).expect("memory");
    let mut drawn = vec![0f32; BINS];
    let (refined, softened, blurred) = (label(), label(), label());
    let largest = maximum(&refined).expect("not empty");
    let (narrow, kernel) = (GaussianKernel::new(11), GaussianKernel::new(37));
    let (mut buffers, mut whole) = (BlurBuffers::default(), BlurBuffers::default());
    vec![
        case("SimccProfile::draw_gaussian", move || {
            profile.draw_gaussian(black_box(200), black_box(&mut drawn));
        }),
        case("simcc_dark_offset", move || {
            let vector = black_box(&refined);
            simcc_dark_offset(vector, largest.index, largest.value, &kernel, &mut buffers)
        }),
        case("softmax_maximum", move || {
            softmax_maximum(black_box(&softened), largest.value, 150.0, 6.0)
        }),
        case("blur_vector, 11", move || blur_vector(black_box(&blurred), &narrow, &mut whole)[0]),
    ]
}

/// Bottom-up codecs: several instances per image.
fn bottom_up() -> Vec<Case> {
    const PEOPLE: usize = 3;
    const KEYPOINTS: usize = 17;
    let map = || bump(SIDE, SIDE, [61.3, 40.8]);
    let points: Vec<Vec<[f32; 2]>> = (0..PEOPLE)
        .map(|person| {
            let spread =
                |keypoint: usize, step: usize| ((keypoint * step + 31 * person) % 120) as f32;
            (0..KEYPOINTS).map(|keypoint| [spread(keypoint, 13), spread(keypoint, 29)]).collect()
        })
        .collect();
    let mut displacements = vec![0f32; 2 * KEYPOINTS * SIDE * SIDE];
    let mut weights = displacements.clone();
    let (suppressed, mut peaks, mut buffers) = (map(), map(), NmsBuffers::default());
    let (searched, responses, tags) = (map(), map(), map());
    fn around(plane: &[f32]) -> Neighborhood<'_, f32> {
        Neighborhood { plane, width: SIDE, radius: 2 }
    }
    vec![
        // Maps are not zeroed between calls, which would take several times as long as the kernel.
        case("fill_displacements", move || {
            let instances: Vec<_> = points
                .iter()
                .enumerate()
                .map(|(person, points)| RootedInstance {
                    points,
                    labelled: &[true; KEYPOINTS],
                    root: [40.2 + 20.0 * person as f32, 50.7],
                    size: 30.0 + person as f64,
                    weight: 0.03,
                })
                .collect();
            let maps = DisplacementMaps {
                displacements: black_box(&mut displacements),
                weights: &mut weights,
                size: [SIDE; 2],
            };
            fill_displacements(maps, &instances, 4.0, Direction::ToKeypoint);
        }),
        case("suppress, 5×5", move || {
            suppress(around(black_box(&suppressed)), &mut peaks, &mut buffers);
        }),
        case("top_k, 30", move || top_k(around(black_box(&searched)), 30).len()),
        case("TagMap::new and nearest", move || {
            let map = TagMap::new(Cow::Borrowed(black_box(&responses)), vec![&tags]);
            map.nearest(black_box(&[0.9]), 100.0)
        }),
    ]
}
