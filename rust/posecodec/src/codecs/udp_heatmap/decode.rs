//! `UDPHeatmap`: decoding whole maps, and windows around their maxima.

use super::{MapKind, UdpHeatmap};
use crate::codecs::channels_last::decode_pixels;
use crate::codecs::decode::DecodeHeatmaps;
use crate::codecs::windows::{DecodeWindows, PeakBlock, dark_window_size};
use crate::error::Result;
use crate::float::HeatmapValue;
use crate::inputs::maps::{SampleMaps, peaks};
use crate::kernels::blur::{BlurBuffers, BlurredPeak, Border, blurred_argmax};
use crate::kernels::layout::MapReader;
use crate::kernels::refinement::{
    DARK_UDP_REACH, PEAKS_PER_BLOCK, dark_udp_offsets, dark_udp_window_offsets,
};

impl DecodeHeatmaps for UdpHeatmap {
    type Coordinate = f64;

    fn heatmap_size(&self) -> [usize; 2] {
        self.heatmap_size
    }

    fn maps_per_keypoint(&self) -> usize {
        match self.maps {
            MapKind::Gaussian(_) => 1,
            MapKind::Combined { .. } => 3,
        }
    }

    fn x_offset_map(&self) -> Option<usize> {
        matches!(self.maps, MapKind::Combined { .. }).then_some(1)
    }

    fn decode_sample<E: HeatmapValue>(
        &self,
        maps: SampleMaps<'_, E>,
        keypoints: &mut [[f64; 2]],
        scores: &mut [E],
    ) -> Result<()> {
        let buffers = BlurBuffers::for_large_planes(maps.size(), &self.kernel)?;
        match self.maps {
            MapKind::Gaussian(_) => self.decode_gaussian(&maps, buffers, keypoints, scores),
            MapKind::Combined { radius_factor } => {
                let radius = Self::radius(radius_factor, maps.size());
                self.decode_combined(&maps, radius as f32, buffers, keypoints, scores);
            }
        }
        Ok(())
    }

    fn decode_channels_last<E: HeatmapValue>(
        &self,
        maps: &MapReader<'_, E>,
        keypoints: &mut [[f64; 2]],
        scores: &mut [E],
        buffer: &mut Vec<E>,
    ) -> Result<bool> {
        decode_pixels(self, maps, keypoints, scores, buffer)
    }
}

impl UdpHeatmap {
    fn decode_gaussian<E: HeatmapValue>(
        &self,
        maps: &SampleMaps<'_, E>,
        mut buffers: BlurBuffers,
        keypoints: &mut [[f64; 2]],
        scores: &mut [E],
    ) {
        let mut pixels = [[0.0; 2]; PEAKS_PER_BLOCK];
        let blocks = keypoints.chunks_mut(PEAKS_PER_BLOCK).zip(scores.chunks_mut(PEAKS_PER_BLOCK));
        for (block, (points, scores)) in blocks.enumerate() {
            let found = peaks(maps, block * PEAKS_PER_BLOCK, scores, &mut pixels);
            let offsets = dark_udp_offsets(found, &self.kernel, &mut buffers);
            for (point, (pixel, offset)) in points.iter_mut().zip(pixels.iter().zip(offsets)) {
                *point = self.to_input(*pixel, offset);
            }
        }
    }

    /// `radius` is the unit of the offset maps, in heatmap pixels.
    fn decode_combined<E: HeatmapValue>(
        &self,
        maps: &SampleMaps<'_, E>,
        radius: f32,
        mut buffers: BlurBuffers,
        keypoints: &mut [[f64; 2]],
        scores: &mut [E],
    ) {
        let (width, border) = (maps.width, Border::Reflect101);
        for (number, (point, score)) in keypoints.iter_mut().zip(scores).enumerate() {
            let [class, x, y] = [0, 1, 2].map(|map| maps.plane(3 * number + map));
            let peak = blurred_argmax(class, width, &self.kernel, border, &mut buffers);
            let BlurredPeak { maximum, unblurred, .. } = peak;
            // Values near the maximum of float32 may overflow in the blur.
            let finite = maximum.value.is_finite();
            *score = if finite { E::of(f64::from(maximum.value)) } else { unblurred };
            let mut pixel = [-1f32; 2];
            if !(maximum.value <= 0.0) {
                let index = maximum.index;
                pixel = [
                    (index % width) as f32 + x[index].as_f32() * radius,
                    (index / width) as f32 + y[index].as_f32() * radius,
                ]
                .map(|coordinate| coordinate.clamp(f32::MIN, f32::MAX));
            }
            *point = self.restore(pixel);
        }
    }
}

impl DecodeWindows for UdpHeatmap {
    fn window_size(&self) -> Result<usize> {
        self.check_gaussian("must be \"gaussian\", whose maps are decoded from windows")?;
        dark_window_size(DARK_UDP_REACH, &self.kernel)
    }

    fn window_offsets<E: HeatmapValue>(
        &self,
        peaks: &PeakBlock<'_, E>,
        needs_map: &mut [bool; PEAKS_PER_BLOCK],
    ) -> [[f64; 2]; PEAKS_PER_BLOCK] {
        dark_udp_window_offsets(peaks, &self.kernel, needs_map)
    }

    fn to_input(&self, pixel: [f32; 2], offset: [f64; 2]) -> [f64; 2] {
        self.restore([0, 1].map(|axis| (f64::from(pixel[axis]) + offset[axis]) as f32))
    }
}
