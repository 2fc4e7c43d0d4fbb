//! The codecs of several people per input.

use crate::codecs::people::{
    AssociativeEmbedding, AssociativeEmbeddingOptions, DecoupledHeatmap, DecoupledHeatmapOptions,
    EdPoseLabel, EdPoseLabelOptions, RootType, Spr, SprOptions, YoloxPoseAnnotationProcessor,
    YoloxPoseAnnotationProcessorOptions,
};
use crate::config::config;
use crate::config::fields::OneOrMany;

config! {
    AssociativeEmbedding(AssociativeEmbeddingOptions) as "AssociativeEmbedding" {
        required { input_size: [usize; 2], heatmap_size: [usize; 2] }
        optional {
            "sigma" sigma: Option<f64>,
            "use_udp" use_udp: bool,
            "decode_keypoint_order" keypoint_order: Vec<usize>,
            "decode_nms_kernel" nms_kernel: usize,
            "decode_gaussian_kernel" gaussian_kernel: usize,
            "decode_keypoint_thr" keypoint_threshold: f64,
            "decode_tag_thr" tag_threshold: f64,
            "decode_topk" top_k: usize,
            "decode_center_shift" center_shift: f64,
            "decode_max_instances" max_instances: Option<usize>,
        }
    }
}

config! {
    DecoupledHeatmap(DecoupledHeatmapOptions) as "DecoupledHeatmap" {
        required { input_size: [usize; 2], heatmap_size: [usize; 2] }
        optional {
            "root_type" root_type: RootType,
            "heatmap_min_overlap" heatmap_min_overlap: f64,
            "encode_max_instances" max_instances: usize,
        }
    }
}

config! {
    Spr as "SPR" {
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        #[serde(skip_serializing_if = "Option::is_none")]
        sigma: Option<OneOrMany<f64>>,
        generate_keypoint_heatmaps: Option<bool>,
        root_type: Option<RootType>,
        minimal_diagonal_length: Option<f64>,
        background_weight: Option<f64>,
        decode_nms_kernel: Option<usize>,
        decode_max_instances: Option<usize>,
        decode_thr: Option<f64>,
    }
    read(config) {
        let usual = SprOptions::default();
        let sigmas = config.sigma.map_or(Vec::new(), OneOrMany::into_vec);
        let options = SprOptions {
            generate_keypoint_heatmaps: config
                .generate_keypoint_heatmaps
                .unwrap_or(usual.generate_keypoint_heatmaps),
            root_type: config.root_type.unwrap_or(usual.root_type),
            minimal_diagonal_length: config
                .minimal_diagonal_length
                .unwrap_or(usual.minimal_diagonal_length),
            background_weight: config.background_weight.unwrap_or(usual.background_weight),
            nms_kernel: config.decode_nms_kernel.unwrap_or(usual.nms_kernel),
            max_instances: config.decode_max_instances.unwrap_or(usual.max_instances),
            threshold: config.decode_thr.unwrap_or(usual.threshold),
            ..usual
        };
        Spr::new(config.input_size, config.heatmap_size, options.with_sigmas(&sigmas)?)
    }
    write(codec) {
        let options = codec.options();
        let sigmas = options.root_sigma.into_iter().chain(options.keypoint_sigma);
        Config {
            codec: Some(Name::Name),
            input_size: codec.input_size(),
            heatmap_size: codec.heatmap_size(),
            sigma: options.root_sigma.is_some().then(|| OneOrMany::Many(sigmas.collect())),
            generate_keypoint_heatmaps: Some(options.generate_keypoint_heatmaps),
            root_type: Some(options.root_type),
            minimal_diagonal_length: Some(options.minimal_diagonal_length),
            background_weight: Some(options.background_weight),
            decode_nms_kernel: Some(options.nms_kernel),
            decode_max_instances: Some(options.max_instances),
            decode_thr: Some(options.threshold),
        }
    }
}

config! {
    EdPoseLabel(EdPoseLabelOptions) as "EDPoseLabel" {
        required {}
        optional { "num_select" num_select: usize, "num_keypoints" num_keypoints: usize }
    }
}

config! {
    YoloxPoseAnnotationProcessor(YoloxPoseAnnotationProcessorOptions) as "YOLOXPoseAnnotationProcessor" {
        required {}
        optional { "expand_bbox" expand_bbox: bool, "input_size" input_size: Option<[usize; 2]> }
    }
}
