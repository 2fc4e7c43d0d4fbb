"""What we hold ourselves to, beside the ratios that are measured. No test asks for a time."""

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
"""At least so many times as fast: one sample, one thread, the call and its outputs included."""

ENCODE_INTO = {"MSRAHeatmap": 1.8, "MegviiHeatmap": 1.8, "UDPHeatmap": 2.2}
"""`encode(out=)` over `fill`, at most."""

DECODE = {"MSRAHeatmap": 1.6, "UDPHeatmap": 2.2}
"""`decode` over NumPy's `max`, at most."""

HALF_PRECISION = 1.3
"""`decode` of float16 maps over that of float32 maps, at most."""

BATCH_ENCODE_INTO = {"MSRAHeatmap": 1.5, "MegviiHeatmap": 1.5, "UDPHeatmap": 1.5}
"""`batch_encode(out=)` over `fill`, at most, with one thread."""

BATCH_DECODE = {"UDPHeatmap": 1.8}
"""`batch_decode` over NumPy's `max`, at most, with one thread."""

TWO_THREADS = 0.62
"""`batch_decode` with two threads over one, at most."""
