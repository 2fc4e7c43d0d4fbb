"""The functions of ``mmpose.codecs.utils``, to build other codecs with.

Names, arguments and results are those of ``mmpose.codecs.utils`` 1.3.2, but arguments are never
modified. Keypoints are in heatmap pixels, not in pixels of the network's input; sizes are
``(W, H)``, arrays ``(H, W)``.
"""

from posecodec_rs._core import (
    batch_heatmap_nms,
    camera_to_image_coord,
    camera_to_pixel,
    gaussian_blur,
    gaussian_blur1d,
    generate_3d_gaussian_heatmaps,
    generate_displacement_heatmap,
    generate_gaussian_heatmaps,
    generate_offset_heatmap,
    generate_udp_gaussian_heatmaps,
    generate_unbiased_gaussian_heatmaps,
    get_diagonal_lengths,
    get_heatmap_3d_maximum,
    get_heatmap_maximum,
    get_instance_bbox,
    get_instance_root,
    get_simcc_maximum,
    get_simcc_normalized,
    pixel_to_camera,
    refine_keypoints,
    refine_keypoints_dark,
    refine_keypoints_dark_udp,
    refine_simcc_dark,
)

__all__ = [
    "batch_heatmap_nms",
    "camera_to_image_coord",
    "camera_to_pixel",
    "gaussian_blur",
    "gaussian_blur1d",
    "generate_3d_gaussian_heatmaps",
    "generate_displacement_heatmap",
    "generate_gaussian_heatmaps",
    "generate_offset_heatmap",
    "generate_udp_gaussian_heatmaps",
    "generate_unbiased_gaussian_heatmaps",
    "get_diagonal_lengths",
    "get_heatmap_3d_maximum",
    "get_heatmap_maximum",
    "get_instance_bbox",
    "get_instance_root",
    "get_simcc_maximum",
    "get_simcc_normalized",
    "pixel_to_camera",
    "refine_keypoints",
    "refine_keypoints_dark",
    "refine_keypoints_dark_udp",
    "refine_simcc_dark",
]
