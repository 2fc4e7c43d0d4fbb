//! The codecs of one person per input.

use crate::codecs::hands::{Hand3dHeatmap, Hand3dHeatmapOptions};
use crate::codecs::heatmaps::{
    MegviiHeatmap, MegviiHeatmapOptions, MsraHeatmap, MsraHeatmapOptions, SkpsHeatmap,
    SkpsHeatmapOptions, UdpHeatmap, UdpHeatmapKind, UdpHeatmapOptions,
};
use crate::codecs::regression::{
    IntegralRegressionLabel, IntegralRegressionLabelOptions, RegressionLabel,
};
use crate::codecs::simcc::{
    Simcc3dLabel, Simcc3dLabelOptions, SimccLabel, SimccLabelOptions, SimccSmoothing,
};
use crate::config::{Field, config};

config! {
    MsraHeatmap(MsraHeatmapOptions) as "MSRAHeatmap" {
        required { input_size: [usize; 2], heatmap_size: [usize; 2] }
        optional { "sigma" sigma: f64, "unbiased" unbiased: bool, "blur_kernel_size" blur_kernel_size: usize }
    }
}

config! {
    MegviiHeatmap(MegviiHeatmapOptions) as "MegviiHeatmap" {
        required { input_size: [usize; 2], heatmap_size: [usize; 2] }
        optional { "kernel_size" kernel_size: usize }
    }
}

config! {
    SkpsHeatmap(SkpsHeatmapOptions) as "SKPSHeatmap" {
        required { input_size: [usize; 2], heatmap_size: [usize; 2] }
        optional { "sigma" sigma: f64 }
    }
}

config! {
    UdpHeatmap as "UDPHeatmap" {
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        #[serde(skip_serializing_if = "Option::is_none")]
        heatmap_type: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sigma: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        radius_factor: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        blur_kernel_size: Option<usize>,
    }
    read(config) {
        let mut options = UdpHeatmapOptions::default();
        if let Some(heatmap_type) = config.heatmap_type {
            options.kind = heatmap_type.parse()?;
        }
        match &mut options.kind {
            UdpHeatmapKind::Gaussian { sigma } => *sigma = config.sigma.unwrap_or(*sigma),
            UdpHeatmapKind::Combined { radius_factor } => {
                *radius_factor = config.radius_factor.unwrap_or(*radius_factor);
            }
        }
        if let Some(taps) = config.blur_kernel_size {
            options.blur_kernel_size = taps;
        }
        UdpHeatmap::new(config.input_size, config.heatmap_size, options)
    }
    write(codec) {
        let UdpHeatmapOptions { kind, blur_kernel_size } = *codec.options();
        let (name, sigma, radius_factor) = match kind {
            UdpHeatmapKind::Gaussian { sigma } => ("gaussian", Some(sigma), None),
            UdpHeatmapKind::Combined { radius_factor } => ("combined", None, Some(radius_factor)),
        };
        Config {
            codec: Some(Name::Name),
            input_size: codec.input_size(),
            heatmap_size: codec.heatmap_size(),
            heatmap_type: Some(name.to_owned()),
            sigma,
            radius_factor,
            blur_kernel_size: Some(blur_kernel_size),
        }
    }
}

config! {
    SimccLabel as "SimCCLabel" {
        input_size: [usize; 2],
        smoothing_type: Option<String>,
        sigma: Option<<[f64; 2] as Field>::Form>,
        simcc_split_ratio: Option<f64>,
        label_smooth_weight: Option<f64>,
        normalize: Option<bool>,
        use_dark: Option<bool>,
        decode_visibility: Option<bool>,
        decode_beta: Option<f64>,
    }
    read(config) {
        let usual = SimccLabelOptions::default();
        let smoothing: SimccSmoothing =
            config.smoothing_type.map_or(Ok(usual.smoothing), |name| name.parse())?;
        let options = SimccLabelOptions {
            smoothing: smoothing.with_weight(config.label_smooth_weight.unwrap_or(0.0))?,
            sigma: config.sigma.map_or(usual.sigma, Field::read),
            simcc_split_ratio: config.simcc_split_ratio.unwrap_or(usual.simcc_split_ratio),
            normalize: config.normalize.unwrap_or(usual.normalize),
            use_dark: config.use_dark.unwrap_or(usual.use_dark),
            decode_visibility: config.decode_visibility.unwrap_or(usual.decode_visibility),
            decode_beta: config.decode_beta.unwrap_or(usual.decode_beta),
        };
        SimccLabel::new(config.input_size, options)
    }
    write(codec) {
        let options = codec.options();
        let (name, weight) = match options.smoothing {
            SimccSmoothing::Gaussian => ("gaussian", 0.0),
            SimccSmoothing::Standard { label_smooth_weight } => ("standard", label_smooth_weight),
        };
        Config {
            codec: Some(Name::Name),
            input_size: codec.input_size(),
            smoothing_type: Some(name.to_owned()),
            sigma: options.sigma.write(),
            simcc_split_ratio: Some(options.simcc_split_ratio),
            label_smooth_weight: Some(weight),
            normalize: Some(options.normalize),
            use_dark: Some(options.use_dark),
            decode_visibility: Some(options.decode_visibility),
            decode_beta: Some(options.decode_beta),
        }
    }
}

config! {
    Simcc3dLabel(Simcc3dLabelOptions) as "SimCC3DLabel" {
        required { input_size: [usize; 3] }
        optional {
            "sigma" sigma: [f64; 3],
            "simcc_split_ratio" simcc_split_ratio: f64,
            "normalize" normalize: bool,
            "use_dark" use_dark: bool,
            "root_index" root_index: Vec<isize>,
            "z_range" z_range: f64,
        }
    }
}

config! {
    RegressionLabel as "RegressionLabel" { input_size: [usize; 2], }
    read(config) { RegressionLabel::new(config.input_size) }
    write(codec) { Config { codec: Some(Name::Name), input_size: codec.input_size() } }
}

config! {
    IntegralRegressionLabel(IntegralRegressionLabelOptions) as "IntegralRegressionLabel" {
        required { input_size: [usize; 2], heatmap_size: [usize; 2] }
        optional {
            "sigma" sigma: f64,
            "unbiased" unbiased: bool,
            "blur_kernel_size" blur_kernel_size: usize,
            "normalize" normalize: bool,
        }
    }
}

config! {
    Hand3dHeatmap(Hand3dHeatmapOptions) as "Hand3DHeatmap" {
        required {}
        optional {
            "image_size" image_size: [usize; 2],
            "root_heatmap_size" root_heatmap_size: usize,
            "heatmap_size" heatmap_size: [usize; 3],
            "heatmap3d_depth_bound" heatmap3d_depth_bound: f64,
            "heatmap_size_root" heatmap_size_root: usize,
            "root_depth_bound" root_depth_bound: f64,
            "depth_size" depth_size: usize,
            "use_different_joint_weights" use_different_joint_weights: bool,
            "sigma" sigma: f64,
            "joint_indices" joint_indices: Option<Vec<isize>>,
            "max_bound" max_bound: f64,
        }
    }
}
