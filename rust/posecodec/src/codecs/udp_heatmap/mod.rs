//! `UDPHeatmap`: Unbiased Data Processing, with Gaussian heatmaps or with class and offset maps.

mod decode;

use std::str::FromStr;

use super::decode::DecodeHeatmaps;
use super::encode::{
    Encode, EncodedArrays, HeatmapTargets, Outputs, SampleArrays, VISIBILITY, draw_planes,
    overwrite_planes,
};
use super::profiles::{Separable, fill_rows, single_instance_outputs, write_profiles};
use super::{to_heatmap_pixels, udp_scale_factor};
use crate::check;
use crate::element::Dtype;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::fields::offset::{OffsetBuffers, fill_offset_planes, offset_profile};
use crate::kernels::gaussian::heatmap::Blend;
use crate::kernels::gaussian::profiles::{Center, GaussianPatch};
use crate::plan::{Init, Output, Per};

/// What [`UdpHeatmap`]'s maps hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum UdpHeatmapKind {
    /// One Gaussian map per keypoint.
    Gaussian {
        /// Standard deviation in heatmap pixels.
        sigma: f64,
    },
    /// Three maps per keypoint: 1 near the keypoint, and the offsets to it along x and y in units
    /// of the radius `radius_factor · max(W, H)`.
    Combined {
        /// The radius in units of the longer side of the map.
        radius_factor: f64,
    },
}

impl UdpHeatmapKind {
    /// The same kind with these parameters, of which each kind uses one.
    #[must_use]
    pub fn with(self, sigma: f64, radius_factor: f64) -> Self {
        match self {
            Self::Gaussian { .. } => Self::Gaussian { sigma },
            Self::Combined { .. } => Self::Combined { radius_factor },
        }
    }
}

/// Gaussians with a sigma of 2.
impl Default for UdpHeatmapKind {
    fn default() -> Self {
        Self::Gaussian { sigma: 2.0 }
    }
}

/// From MMPose's names, `"gaussian"` and `"combined"`, with MMPose's defaults: a sigma of 2, and a radius
/// factor of 0.0546875.
impl FromStr for UdpHeatmapKind {
    type Err = Error;

    fn from_str(heatmap_type: &str) -> Result<Self> {
        match heatmap_type {
            "gaussian" => Ok(Self::default()),
            "combined" => Ok(Self::Combined { radius_factor: 0.054_687_5 }),
            _ => Err(Error::UnknownOption {
                codec: UdpHeatmap::NAME,
                argument: "heatmap_type",
                got: heatmap_type.to_owned(),
                options: &["gaussian", "combined"],
            }),
        }
    }
}

/// The options of [`UdpHeatmap`], with MMPose's defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UdpHeatmapOptions {
    /// What the maps hold. Default: Gaussians with a sigma of 2.
    pub kind: UdpHeatmapKind,
    /// Taps of the blur before decoding, odd for Gaussian maps; combined maps are blurred with twice as
    /// many and one. Default: 11.
    pub blur_kernel_size: usize,
}

impl Default for UdpHeatmapOptions {
    fn default() -> Self {
        Self { kind: UdpHeatmapKind::default(), blur_kernel_size: 11 }
    }
}

/// Keypoints as heatmaps by Unbiased Data Processing: [The Devil is in the Details: Delving into
/// Unbiased Data Processing for Human Pose Estimation](https://arxiv.org/abs/1911.07524) (Huang et
/// al. 2020).
///
/// Targets: `heatmaps` (K, H, W), or (3K, H, W) for [`UdpHeatmapKind::Combined`], and
/// `keypoint_weights` (1, K). As in MMPose, encoding scales by (w-1)/(W-1) but decoding by w/(W-1),
/// so decoded coordinates are up to one input pixel larger than encoded ones. Mapping them from the
/// crop to the image cancels this if the crop was made for UDP, scaled by (w-1)/scale. For a plain
/// resize, multiply decoded coordinates by (w-1)/w first.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapOptions};
/// use posecodec::codecs::{DecodeHeatmaps, Encode};
///
/// let codec = UdpHeatmap::new([192, 256], [48, 64], UdpHeatmapOptions::default())?;
/// let targets = codec.encode(array![[[95.5, 127.5]]].view(), None)?;
/// let decoded = codec.decode(targets.heatmaps.view())?;
/// assert!((decoded.keypoints[[0, 0, 0]] - 95.5 * 192.0 / 191.0).abs() < 1e-3);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct UdpHeatmap {
    input_size: [usize; 2],
    heatmap_size: [usize; 2],
    options: UdpHeatmapOptions,
    scale_factor: [f32; 2],
    maps: MapKind,
    kernel: GaussianKernel,
}

/// [`UdpHeatmapKind`] with the values that are computed once per codec.
#[derive(Debug, Clone, PartialEq)]
enum MapKind {
    Gaussian(GaussianPatch),
    Combined { radius_factor: f64 },
}

impl UdpHeatmap {
    /// A codec of input size `[w, h]` in pixels and heatmap size `[W, H]`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size of 0, a sigma or radius factor that is not positive and
    /// finite, or (with Gaussian maps) an even kernel.
    pub fn new(
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        options: UdpHeatmapOptions,
    ) -> Result<Self> {
        let UdpHeatmapOptions { kind, blur_kernel_size } = options;
        let input_size = check::size("input_size", input_size)?;
        let heatmap_size = check::size("heatmap_size", heatmap_size)?;
        let (maps, taps) = match kind {
            UdpHeatmapKind::Gaussian { sigma } => {
                let patch = GaussianPatch::new(check::positive("sigma", sigma)?);
                let taps = check::kernel_size("blur_kernel_size", blur_kernel_size)?;
                (MapKind::Gaussian(patch), taps)
            }
            UdpHeatmapKind::Combined { radius_factor } => {
                let radius_factor = check::positive("radius_factor", radius_factor)?;
                let taps = check::limited_kernel_size("blur_kernel_size", blur_kernel_size)?;
                (MapKind::Combined { radius_factor }, 2 * taps + 1)
            }
        };
        let scale_factor = udp_scale_factor(input_size, heatmap_size);
        let kernel = GaussianKernel::new(taps);
        Ok(Self { input_size, heatmap_size, options, scale_factor, maps, kernel })
    }

    /// The radius of the class map in heatmap pixels, for maps of this size.
    fn radius(radius_factor: f64, [width, height]: [usize; 2]) -> f64 {
        radius_factor * width.max(height) as f64
    }

    /// Checks that the maps are Gaussian.
    fn check_gaussian(&self, wanted: &'static str) -> Result<()> {
        match self.maps {
            MapKind::Gaussian(_) => Ok(()),
            MapKind::Combined { .. } => Err(Error::invalid("heatmap_type", wanted, "\"combined\"")),
        }
    }

    /// A point in heatmap pixels; `None` for an input that is one pixel wide, whose scale factor is
    /// 0.
    fn finite_pixels<T: Float>(&self, point: [T; 2]) -> Option<[T; 2]> {
        let at = to_heatmap_pixels(point, self.scale_factor);
        (at[0].is_finite() && at[1].is_finite()).then_some(at)
    }

    /// Converts heatmap pixels to input pixels, with MMPose's w/(W-1).
    fn restore(&self, pixel: [f32; 2]) -> [f64; 2] {
        [0, 1].map(|axis| {
            let last = (self.heatmap_size[axis] - 1).max(1) as f64;
            f64::from(pixel[axis]) / last * self.input_size[axis] as f64
        })
    }
}

heatmap_getters!(UdpHeatmap, UdpHeatmapOptions);

impl Encode for UdpHeatmap {
    const NAME: &'static str = "UDPHeatmap";
    const SINGLE_INSTANCE: bool = true;
    type Targets<V: Float> = HeatmapTargets<V>;

    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        let maps = keypoints.saturating_mul(self.maps_per_keypoint());
        Outputs::from_iter([
            Output::heatmaps(maps, self.heatmap_size),
            Output::weights(VISIBILITY, instances, keypoints),
        ])
    }

    fn init(&self) -> Init {
        match self.maps {
            MapKind::Gaussian(_) => Init::Zeroed,
            MapKind::Combined { .. } => Init::Uninit,
        }
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let (heatmaps, weights, init) = (arrays.take(), arrays.take(), arrays.init);
        let [width, height] = self.heatmap_size;
        let map_len = width * height;
        match &self.maps {
            MapKind::Gaussian(patch) => {
                let (size, mut scratch) = (self.heatmap_size, [Vec::new(), Vec::new()]);
                let planes = (heatmaps, map_len);
                draw_planes(keypoints, planes, weights, init, |plane, point| {
                    let Some(at) = self.finite_pixels(point) else { return false };
                    let (center, blend) = (Center::Exact, Blend::Overwrite);
                    patch.draw_gaussian(plane, size, at, center, blend, &mut scratch).is_some()
                });
            }
            MapKind::Combined { radius_factor } => {
                let radius = Self::radius(*radius_factor, self.heatmap_size);
                let mut buffers = OffsetBuffers::default();
                let planes = (heatmaps, 3 * map_len);
                overwrite_planes(keypoints, planes, weights, init, |planes, point| {
                    let (class, offsets) = planes.split_at_mut(map_len);
                    let (x, y) = offsets.split_at_mut(map_len);
                    let Some(center) = self.finite_pixels(point) else { return false };
                    let center = center.map(Float::as_f64);
                    fill_offset_planes([class, x, y], width, center, radius, &mut buffers);
                    true
                });
            }
        }
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> HeatmapTargets<V> {
        HeatmapTargets::from_arrays(encoded)
    }
}

/// With [`UdpHeatmapKind::Combined`], the outputs are `x_offsets` (K, W), `y_offsets` (K, H), and in
/// double precision `x_squares` (K, W), `y_squares` (K, H). Class maps are 1 where the sum of both squares
/// is at most 1; offset maps repeat the offsets. Of keypoints without a target, offsets are 0 and squares
/// are infinite.
impl Separable for UdpHeatmap {
    fn profile_outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        let gaussian = single_instance_outputs(instances, keypoints, self.heatmap_size);
        match self.maps {
            MapKind::Gaussian(_) => gaussian,
            MapKind::Combined { .. } => {
                let [width, height] = self.heatmap_size;
                let output =
                    |name, dtype, side| Output::new(name, dtype, &[keypoints, side], Per::Sample);
                let rows = [
                    output("x_offsets", Dtype::Float32, width),
                    output("y_offsets", Dtype::Float32, height),
                    output("x_squares", Dtype::Float64, width),
                    output("y_squares", Dtype::Float64, height),
                ];
                rows.into_iter().chain(gaussian.into_iter().skip(2)).collect()
            }
        }
    }

    fn encode_profiles<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let size = self.heatmap_size;
        let patch = match &self.maps {
            MapKind::Gaussian(patch) => patch,
            MapKind::Combined { radius_factor } => {
                let radius = Self::radius(*radius_factor, size);
                let [x, y] = [arrays.take::<f32>(), arrays.take()];
                let [x_squares, y_squares] = [arrays.take::<f64>(), arrays.take()];
                x_squares.fill(f64::INFINITY);
                y_squares.fill(f64::INFINITY);
                let rows = ([x, y], size);
                fill_rows(keypoints, rows, arrays.take(), |[x, y], index, point| {
                    let x_squares = &mut x_squares[index * size[0]..][..size[0]];
                    let y_squares = &mut y_squares[index * size[1]..][..size[1]];
                    let Some(center) = self.finite_pixels(point) else { return false };
                    let center = center.map(Float::as_f64);
                    offset_profile(x, x_squares, center[0], radius);
                    offset_profile(y, y_squares, center[1], radius);
                    true
                });
                return;
            }
        };
        let mut scratch = [Vec::new(), Vec::new()];
        let rows = ([arrays.take(), arrays.take()], size);
        fill_rows(keypoints, rows, arrays.take(), |rows, _, point| {
            let Some(at) = self.finite_pixels(point) else { return false };
            write_profiles(rows, patch.profiles(size, at, Center::Exact, &mut scratch))
        });
    }
}
