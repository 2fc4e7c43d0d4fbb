"""The targets of the measured ratios; they are printed with them, and no test asserts a time."""

FASTER_THAN_MMPOSE = {
    "RegressionLabel, encode": 6,
    "RegressionLabel, decode": 3.5,
    "IntegralRegressionLabel, encode": 15,
    "MSRAHeatmap, encode": 30,
    "MSRAHeatmap, decode": 10,
    "MSRAHeatmap unbiased, DARK, encode": 30,
    "MSRAHeatmap unbiased, DARK, decode": 50,
    "UDPHeatmap, encode": 40,
    "UDPHeatmap, decode": 45,
    "UDPHeatmap 72×96, sigma 3, encode": 20,
    "UDPHeatmap 72×96, sigma 3, decode": 40,
    "UDPHeatmap 72×96, 133 keypoints, decode": 30,
    "UDPHeatmap combined, encode": 12,
    "UDPHeatmap combined, decode": 6,
    "MegviiHeatmap, encode": 35,
    "MegviiHeatmap, decode": 12,
    "SimCCLabel, encode": 70,
    "SimCCLabel, decode": 5,
    "SimCCLabel DARK, decode": 90,
}
"""Minimum speedup: one sample, one thread, including the call and the allocation of outputs."""

ENCODE_INTO = {"MSRAHeatmap": 1.8, "MegviiHeatmap": 1.8, "UDPHeatmap": 2.2}
"""Maximum of `encode(out=)` over `fill`."""

DECODE = {"MSRAHeatmap": 1.6, "UDPHeatmap": 2.2}
"""Maximum of `decode` over NumPy's `max`."""

HALF_PRECISION = 1.3
"""Maximum of `decode` of float16 maps over that of float32 maps."""

BATCH_ENCODE_INTO = {"MSRAHeatmap": 1.5, "MegviiHeatmap": 1.5, "UDPHeatmap": 1.5}
"""Maximum of `batch_encode(out=)` over `fill`, with one thread."""

BATCH_DECODE = {"UDPHeatmap": 1.8}
"""Maximum of `batch_decode` over NumPy's `max`, with one thread."""

TWO_THREADS = 0.62
"""Maximum of `batch_decode` with two threads over one."""

KEPT_OVER_FILL = 1.3
"""Maximum of `encode` over NumPy's filling of the same arrays, where both keep their outputs."""

KEPT_FASTER_THAN_MMPOSE = 2
"""Minimum speedup where outputs are kept."""

TWO_THREADS_ENCODE = 0.65
"""Maximum of `batch_encode` with two threads over one, without `out=`, from 13 MB on."""

COLD_OVER_MAX = 2
"""Maximum of `batch_decode` over NumPy's `max` of maps that are read from memory."""

TENSOR_OVERHEAD = 0.5
"""Maximum microseconds of `decode` of float32 tensors over arrays."""

BFLOAT16 = {"UDPHeatmap": 7}
"""Maximum microseconds of `decode` of bfloat16 tensors."""

LAYOUTS = 1.3
"""Maximum of `batch_decode` with `flipped=` of maps in other layouts over contiguous ones."""
