//! Decoding heatmaps, with or without a flip test: check shapes, split the batch into samples,
//! decode each.

use ndarray::{Array2, Array3, ArrayView3, ArrayView4, ArrayViewMut3, ArrayViewMut4};

use super::decoded_batch::{DecodedBatch, FlippedBatch, contiguous};
use super::flip::{MapAverager, check_flip_indices, check_flipped_len};
use super::sealed::Sealed;
use crate::check::{self, product};
use crate::element::split_off;
use crate::error::{Error, Result, Shape, try_with_capacity};
use crate::float::{Float, HeatmapValue};
use crate::inputs::maps::{FlippedMaps, HeatmapShift, Maps, SampleMaps};
use crate::kernels::flip::MapFlip;
use crate::kernels::layout::MapReader;
use crate::parallel;

/// Decoded keypoints of one sample. `C` is the type of the coordinates, `E` that of the maps.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<C, E> {
    /// (N, K, 2), in input pixels.
    pub keypoints: Array3<C>,
    /// (N, K).
    pub scores: Array2<E>,
}

/// A codec that decodes heatmaps to keypoints.
///
/// ```
/// use ndarray::Array3;
/// use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
/// use posecodec::codecs::DecodeHeatmaps;
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default())?;
/// let mut heatmaps = Array3::<f32>::zeros((17, 64, 48)); // (K, H, W)
/// heatmaps[[0, 20, 10]] = 0.9;
/// let decoded = codec.decode(heatmaps.view())?;
/// assert_eq!(decoded.keypoints[[0, 0, 0]], 40.0); // four input pixels per heatmap pixel
/// assert_eq!(decoded.keypoints[[0, 1, 0]], -4.0); // no response: heatmap pixel -1
/// # Ok::<(), posecodec::Error>(())
/// ```
pub trait DecodeHeatmaps: Sealed + Sync {
    /// The type of the coordinates that MMPose returns.
    type Coordinate: Float;

    /// Heatmap size `[W, H]` of the targets.
    fn heatmap_size(&self) -> [usize; 2];

    /// Maps per keypoint.
    #[doc(hidden)]
    fn maps_per_keypoint(&self) -> usize {
        1
    }

    /// Index of the map with offsets along x, among the maps of a keypoint; a flip changes their
    /// sign.
    #[doc(hidden)]
    fn x_offset_map(&self) -> Option<usize> {
        None
    }

    /// Decodes one sample, or some of its keypoints: one point `[x, y]` in input pixels and one
    /// score per keypoint. Maps have at least one pixel.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] for scratch of large maps.
    #[doc(hidden)]
    fn decode_sample<E: HeatmapValue>(
        &self,
        maps: SampleMaps<'_, E>,
        keypoints: &mut [[Self::Coordinate; 2]],
        scores: &mut [E],
    ) -> Result<()>;

    /// Decodes one sample of channels_last maps where they lie, as [`Self::decode_sample`] decodes
    /// contiguous ones. Returns `false`, without having filled anything, if they must be copied first.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] for scratch.
    #[doc(hidden)]
    fn decode_channels_last<E: HeatmapValue>(
        &self,
        _maps: &MapReader<'_, E>,
        _keypoints: &mut [[Self::Coordinate; 2]],
        _scores: &mut [E],
        _buffer: &mut Vec<E>,
    ) -> Result<bool> {
        Ok(false)
    }

    /// Decodes one sample of maps (K, H, W) of any size.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for maps without a pixel, transposed maps, or a number of maps that is
    /// no multiple of [`Self::maps_per_keypoint`].
    fn decode<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView3<'_, E>,
    ) -> Result<Decoded<Self::Coordinate, E>> {
        let heatmaps = heatmaps.as_standard_layout();
        let own = heatmaps.as_slice().expect("standard layout");
        decode_one(self, heatmaps.dim(), Maps { own, flipped: None })
    }

    /// A flip test: decodes the averages of the maps of an image and of those of the flipped image.
    ///
    /// `flip_indices` has the index of each keypoint's mirror image.
    ///
    /// ```
    /// use ndarray::{Array3, Axis, s};
    /// use posecodec::codecs::heatmaps::{HeatmapShift, MsraHeatmap, MsraHeatmapOptions};
    /// use posecodec::codecs::DecodeHeatmaps;
    ///
    /// let codec = MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default())?;
    /// let mut heatmaps = Array3::<f32>::zeros((2, 64, 48)); // a left wrist and a right one
    /// heatmaps[[0, 10, 12]] = 1.0;
    /// heatmaps[[1, 20, 30]] = 1.0;
    /// // A perfectly symmetric network returns flipped maps, with left and right exchanged.
    /// let flipped = heatmaps.slice(s![..;-1, .., ..;-1]);
    /// let decoded =
    ///     codec.decode_flipped(heatmaps.view(), flipped, &[1, 0], HeatmapShift::None)?;
    /// assert_eq!(decoded, codec.decode(heatmaps.view())?);
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] as for `decode`, for flipped maps of another shape, and unless the
    /// indices exchange keypoints in pairs.
    fn decode_flipped<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView3<'_, E>,
        flipped: ArrayView3<'_, E>,
        flip_indices: &[usize],
        shift: HeatmapShift,
    ) -> Result<Decoded<Self::Coordinate, E>> {
        if flipped.dim() != heatmaps.dim() {
            let wanted = format!("{}, as `heatmaps` is", Shape(heatmaps.shape()));
            return Err(check::shape("flipped", &wanted, flipped.shape()));
        }
        let (own, flipped) = (heatmaps.as_standard_layout(), flipped.as_standard_layout());
        let heatmaps = flipped.as_slice().expect("standard layout");
        let maps = Maps {
            own: own.as_slice().expect("standard layout"),
            flipped: Some(FlippedMaps { heatmaps, flip_indices, shift }),
        };
        decode_one(self, own.dim(), maps)
    }

    /// Decodes a batch of maps (B, K, H, W); on several threads if the batch is large enough. With
    /// `flipped`, it decodes the averages, as [`Self::decode_flipped`] does.
    ///
    /// ```
    /// use ndarray::{Array3, Array4};
    /// use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapOptions};
    /// use posecodec::codecs::DecodeHeatmaps;
    ///
    /// let codec = UdpHeatmap::new([192, 256], [48, 64], UdpHeatmapOptions::default())?;
    /// let heatmaps = Array4::<f32>::zeros((8, 17, 64, 48)); // the network's output
    /// let decoded = codec.decode_batch(heatmaps.view(), None)?;
    /// assert_eq!(decoded.keypoints.dim(), (8, 1, 17, 2));
    ///
    /// // Into arrays that are there already:
    /// let (mut keypoints, mut scores) = (decoded.keypoints, Array3::<f32>::zeros((8, 1, 17)));
    /// codec.decode_batch_into(heatmaps.view(), None, keypoints.view_mut(), scores.view_mut())?;
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Self::decode`] and [`Self::decode_flipped`].
    fn decode_batch<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView4<'_, E>,
        flipped: Option<FlippedBatch<'_, E>>,
    ) -> Result<DecodedBatch<Self::Coordinate, E>> {
        let (batch, maps, height, width) = heatmaps.dim();
        let plan = DecodePlan::new(self, [batch, maps, height, width])?;
        DecodedBatch::filled(batch, plan.keypoints(), |points, scores| {
            plan.fill_views(heatmaps, flipped, points, scores)
        })
    }

    /// [`Self::decode_batch`] into the caller's arrays: keypoints (B, 1, K, 2) and scores (B, 1, K),
    /// in standard layout.
    ///
    /// # Errors
    /// As for [`Self::decode_batch`], and for arrays of another shape or layout.
    fn decode_batch_into<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView4<'_, E>,
        flipped: Option<FlippedBatch<'_, E>>,
        keypoints: ArrayViewMut4<'_, Self::Coordinate>,
        scores: ArrayViewMut3<'_, E>,
    ) -> Result<()> {
        let (batch, maps, height, width) = heatmaps.dim();
        let plan = DecodePlan::new(self, [batch, maps, height, width])?;
        let count = plan.keypoints();
        let keypoints = contiguous("keypoints", keypoints, &[batch, 1, count, 2])?;
        let scores = contiguous("scores", scores, &[batch, 1, count])?;
        plan.fill_views(heatmaps, flipped, keypoints.as_chunks_mut().0, scores)
    }
}

/// Decodes one sample of maps (K, H, W) into new arrays.
fn decode_one<C: DecodeHeatmaps + ?Sized, E: HeatmapValue>(
    codec: &C,
    (maps, height, width): (usize, usize, usize),
    values: Maps<'_, E>,
) -> Result<Decoded<C::Coordinate, E>> {
    let plan = DecodePlan::new(codec, [1, maps, height, width])?;
    let count = plan.keypoints();
    let mut points = vec![[C::Coordinate::default(); 2]; count];
    let mut scores = vec![E::of(0.0); count];
    plan.fill(values, &mut points, &mut scores)?;
    let flat = points.into_iter().flatten().collect();
    Ok(Decoded {
        keypoints: Array3::from_shape_vec((1, count, 2), flat).expect("one point per keypoint"),
        scores: Array2::from_shape_vec((1, count), scores).expect("one score per keypoint"),
    })
}

/// How maps of one shape are decoded: computed before the outputs are allocated.
///
/// ```
/// use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
/// use posecodec::codecs::slices::{DecodePlan, Maps};
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default())?;
/// let plan = DecodePlan::new(&codec, [4, 17, 64, 48])?;
/// let len = plan.batch() * plan.keypoints();
/// let (mut keypoints, mut scores) = (vec![[0.0; 2]; len], vec![0.0; len]);
/// let heatmaps = vec![1.0f32; 4 * 17 * 64 * 48];
/// plan.fill(Maps { own: &heatmaps, flipped: None }, &mut keypoints, &mut scores)?;
/// assert!(scores.iter().all(|&score| score == 1.0));
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug)]
pub struct DecodePlan<'c, C: ?Sized> {
    pub(super) codec: &'c C,
    /// `[B, maps, H, W]`.
    shape: [usize; 4],
    keypoints: usize,
    maps_per_keypoint: usize,
}

impl<'c, C: DecodeHeatmaps + ?Sized> DecodePlan<'c, C> {
    /// For maps of shape `[B, maps, H, W]`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a number of maps that is no multiple of
    /// [`DecodeHeatmaps::maps_per_keypoint`], and for transposed maps.
    pub fn new(codec: &'c C, shape: [usize; 4]) -> Result<Self> {
        let (maps, maps_per_keypoint) = (shape[1], codec.maps_per_keypoint());
        if !maps.is_multiple_of(maps_per_keypoint) {
            let wanted = format!("must have {maps_per_keypoint} maps per keypoint");
            return Err(Error::invalid("heatmaps", wanted, format_args!("{maps} maps")));
        }
        check::not_transposed("heatmaps", codec.heatmap_size(), [shape[2], shape[3]])?;
        Ok(Self { codec, shape, keypoints: maps / maps_per_keypoint, maps_per_keypoint })
    }

    /// The plan for another number of samples.
    #[must_use]
    pub fn with_batch(&self, batch: usize) -> Self {
        let [_, maps, height, width] = self.shape;
        Self { shape: [batch, maps, height, width], ..*self }
    }

    /// `[B, maps, H, W]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 4] {
        self.shape
    }

    /// B, the number of samples.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.shape[0]
    }

    /// K, the number of keypoints per sample.
    #[must_use]
    pub fn keypoints(&self) -> usize {
        self.keypoints
    }

    /// Decodes maps of the plan's shape into B·K points and scores; on several threads if the batch
    /// is large enough.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for maps without a pixel, slices of other lengths than the shape
    /// implies, and unless there is one valid flip index per keypoint.
    pub fn fill<E: HeatmapValue>(
        &self,
        maps: Maps<'_, E>,
        keypoints: &mut [[C::Coordinate; 2]],
        scores: &mut [E],
    ) -> Result<()> {
        let Self { shape: [batch, count, height, width], .. } = *self;
        let map_len = height.saturating_mul(width);
        if let Some(flipped) = &maps.flipped {
            check_flip_indices(flipped.flip_indices, self.keypoints)?;
            check_flipped_len(maps.own, flipped.heatmaps)?;
        }
        if product(&[batch, count]) == Some(0) && keypoints.is_empty() && scores.is_empty() {
            return Ok(());
        }
        self.check(maps.own, keypoints.len(), scores.len())?;
        if batch == 1 {
            let own = SampleMaps { values: maps.own, map_len, width };
            return self.fill_sample(0, own, maps.flipped.as_ref(), keypoints, scores);
        }
        let (mut keypoints, mut scores) = (keypoints, scores);
        let mut samples = try_with_capacity("the samples of a batch", batch)?;
        for (sample, values) in maps.own.chunks_exact(count * map_len).enumerate() {
            let points = split_off(&mut keypoints, self.keypoints);
            let values_of = split_off(&mut scores, self.keypoints);
            samples.push((sample, SampleMaps { values, map_len, width }, points, values_of));
        }
        parallel::try_for_each(samples, maps.own.len(), &|(sample, own, keypoints, scores)| {
            self.fill_sample(sample, own, maps.flipped.as_ref(), keypoints, scores)
        })
    }

    /// Checks that maps have pixels, and that slices have as many values as the shape implies.
    fn check<E>(&self, maps: &[E], keypoints: usize, scores: usize) -> Result<()> {
        let [batch, count, height, width] = self.shape;
        if height == 0 || width == 0 {
            return Err(check::no_pixel("heatmaps", &self.shape));
        }
        check::len("heatmaps", "B·K·H·W", &[batch, count, height, width], maps.len())?;
        check::len("keypoints", "B·K", &[batch, self.keypoints], keypoints)?;
        check::len("scores", "B·K", &[batch, self.keypoints], scores)
    }

    /// How maps of flipped images are mirrored back. The indices were checked.
    pub(super) fn map_flip<'a>(&self, indices: &'a [usize], shift: HeatmapShift) -> MapFlip<'a> {
        let shifted = shift == HeatmapShift::OnePixel;
        let (maps_per_keypoint, x_offsets) = (self.maps_per_keypoint, self.codec.x_offset_map());
        MapFlip { indices, shifted, maps_per_keypoint, x_offsets }
    }

    /// Decodes the sample with this number, whose maps are `own`.
    fn fill_sample<E: HeatmapValue>(
        &self,
        sample: usize,
        own: SampleMaps<'_, E>,
        flipped: Option<&FlippedMaps<'_, E>>,
        keypoints: &mut [[C::Coordinate; 2]],
        scores: &mut [E],
    ) -> Result<()> {
        let Some(flipped) = flipped else {
            return self.codec.decode_sample(own, keypoints, scores);
        };
        let flip = self.map_flip(flipped.flip_indices, flipped.shift);
        let mut averager = MapAverager::new(own, flipped.heatmaps, sample, flip)?;
        let filled = keypoints.chunks_exact_mut(1).zip(scores.chunks_exact_mut(1));
        for (number, (point, score)) in filled.enumerate() {
            self.codec.decode_sample(averager.keypoint(number), point, score)?;
        }
        Ok(())
    }
}

/// Decodes a batch of maps of shape `[B, maps, H, W]` into B·K points and scores; on several
/// threads if the batch is large enough. Allocate the outputs with the help of [`DecodePlan`].
///
/// ```
/// use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
/// use posecodec::codecs::slices::{Maps, decode_heatmaps_batch};
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default())?;
/// let heatmaps = vec![1.0f32; 4 * 17 * 64 * 48];
/// let maps = Maps { own: &heatmaps, flipped: None };
/// let (mut keypoints, mut scores) = (vec![[0.0; 2]; 4 * 17], vec![0.0; 4 * 17]);
/// decode_heatmaps_batch(&codec, maps, [4, 17, 64, 48], &mut keypoints, &mut scores)?;
/// assert!(scores.iter().all(|&score| score == 1.0));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// As for [`DecodePlan::new`] and [`DecodePlan::fill`].
pub fn decode_heatmaps_batch<C: DecodeHeatmaps + ?Sized, E: HeatmapValue>(
    codec: &C,
    maps: Maps<'_, E>,
    shape: [usize; 4],
    keypoints: &mut [[C::Coordinate; 2]],
    scores: &mut [E],
) -> Result<()> {
    DecodePlan::new(codec, shape)?.fill(maps, keypoints, scores)
}
