//! `encode` of `EDPoseLabel`.

use numpy::{PyArrayDescrMethods, PyUntypedArrayMethods};
use posecodec::Shape as Shown;
use posecodec::codecs::slices::{EdPoseAnnotations, Image, Init};
use pyo3::prelude::*;

use super::{
    Argument, OutputDict, VISIBLE, check_several_visible, is_list, map_images, people, read_visible,
};
use crate::call::{Call, Shape, shape_error};
use crate::class::Encoded;
use crate::convert::{CoordArray, DtypePolicy, real_array, try_vec_of, try_with_capacity};
use crate::error::{Result, invalid};

/// What `encode` takes of an image or of a batch, by MMPose's names.
pub(crate) struct EdPoseArguments<'a, 'py> {
    pub(crate) img_shape: &'a Bound<'py, PyAny>,
    pub(crate) keypoints: &'a Bound<'py, PyAny>,
    pub(crate) keypoints_visible: Option<&'a Bound<'py, PyAny>>,
    pub(crate) area: Option<&'a Bound<'py, PyAny>>,
    pub(crate) bboxes: Option<&'a Bound<'py, PyAny>>,
}

/// Encodes one image, a batch of images with the same number of instances, or a list of images.
pub(crate) fn encode_edpose<'py>(
    py: Python<'py>,
    call: Call,
    arguments: &EdPoseArguments<'_, 'py>,
    out: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    let &EdPoseArguments { img_shape, keypoints, keypoints_visible, area, bboxes } = arguments;
    if call == Call::Single || !is_list(Some(keypoints)) {
        return encode_arrays(py, call, arguments, out);
    }
    if let Some(out) = out {
        let wanted = "must be None for a list of keypoints, which is encoded to lists";
        return Err(invalid(py, "out", wanted, out.get_type()).into());
    }
    let arguments = [
        ("img_shape", Some(img_shape)),
        ("keypoints", Some(keypoints)),
        (VISIBLE, keypoints_visible),
        ("area", area),
        ("bboxes", bboxes),
    ];
    let names = ["keypoints", "area", "bbox", "keypoints_visible"];
    map_images(py, arguments, &names, |parts| {
        let [Some(img_shape), Some(keypoints), visible, area, bboxes] = &parts else {
            unreachable!("both are required");
        };
        let annotations = EdPoseArguments {
            img_shape,
            keypoints,
            keypoints_visible: visible.as_ref(),
            area: area.as_ref(),
            bboxes: bboxes.as_ref(),
        };
        encode_arrays(py, Call::Single, &annotations, None)
    })
}

/// Encodes one image, or a batch of images with the same number of instances.
fn encode_arrays<'py>(
    py: Python<'py>,
    call: Call,
    arguments: &EdPoseArguments<'_, 'py>,
    out: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    let points = CoordArray::read(arguments.keypoints, "keypoints", DtypePolicy::Promote)?.native();
    let people = people(py, call, &points)?;
    let batch = if call == Call::Batch { people[0] } else { 1 };
    let instances = &people[..people.len() - 1];
    let images = read_images(py, call, batch, arguments.img_shape)?;

    let visible = match read_visible(arguments.keypoints_visible)? {
        Some(visible) => visible,
        None => CoordArray::F32(try_vec_of(1.0, points.count() / 2)?, people.clone()),
    };
    check_several_visible(py, &visible, &people)?;
    let area = arguments.area.map(|area| read_divided(area, "area")).transpose()?;
    if let Some(area) = &area
        && area.shape() != instances
    {
        let wanted = format!("must be of shape {}, one per instance", Shown(instances));
        return Err(invalid(py, "area", &wanted, format!("shape {}", Shown(area.shape()))).into());
    }
    let boxes = arguments.bboxes.map(|boxes| read_divided(boxes, "bboxes")).transpose()?;
    if let Some(boxes) = &boxes
        && boxes.shape().split_last() != Some((&4, instances))
    {
        let shape: Shape = instances.iter().copied().chain([4]).collect();
        let wanted = format!("must be of shape {}, one per instance", Shown(&shape));
        return Err(
            invalid(py, "bboxes", &wanted, format!("shape {}", Shown(boxes.shape()))).into()
        );
    }

    let annotations = EdPoseAnnotations {
        images,
        keypoints: points.to_f64()?,
        visible: visible.to_f64()?,
        area: area.as_ref().map(CoordArray::to_f64).transpose()?,
        bboxes: boxes.as_ref().map(CoordArray::to_f64).transpose()?,
    };
    let leading = usize::from(call == Call::Batch);
    let [instances, count] = [people[leading], people[leading + 1]];
    let plan = annotations.outputs([instances, count], &visible.shape()[leading..]);
    let arguments = [
        ("keypoints", Some(Argument::Coords(&points))),
        ("area", area.as_ref().map(Argument::Coords)),
        ("bboxes", boxes.as_ref().map(Argument::Coords)),
        (VISIBLE, Some(Argument::Coords(&visible))),
    ];
    let outputs =
        OutputDict::allocate(py, (call, batch), &plan, &arguments, out.into(), Init::Uninit)?;
    outputs.fill(|arrays, _| annotations.fill(arrays))
}

/// One image per sample, from sizes (w, h): one size, or one per sample.
fn read_images(
    py: Python<'_>,
    call: Call,
    batch: usize,
    img_shape: &Bound<'_, PyAny>,
) -> Result<Vec<Image>> {
    let sizes = CoordArray::read(img_shape, "img_shape", DtypePolicy::Promote)?;
    let all = match (call, sizes.shape()) {
        (_, [2]) => true,
        (Call::Batch, &[images, 2]) if images == batch => false,
        (_, got) => {
            let wanted = ["(2,): (w, h)", "(2,): (w, h), or (B, 2)"];
            return Err(shape_error(py, "img_shape", call, wanted, got).into());
        }
    };
    let values = sizes.to_f64()?;
    let (sizes, _) = values.as_chunks::<2>();
    let size = |sample: usize| sizes[if all { 0 } else { sample }];
    let mut images = try_with_capacity(batch)?;
    for sample in 0..batch {
        images.push(Image::new(size(sample))?);
    }
    Ok(images)
}

/// Numbers in the precision in which NumPy divides them by a Python number: integers in double.
fn read_divided<'py>(object: &Bound<'py, PyAny>, argument: &str) -> PyResult<CoordArray<'py>> {
    let array = real_array(object, argument)?;
    let numbers = CoordArray::read(array.as_any(), argument, DtypePolicy::Promote)?;
    if array.dtype().kind() == b'f' {
        return Ok(numbers.native());
    }
    let shape = numbers.shape().iter().copied().collect();
    Ok(CoordArray::F64(numbers.to_f64()?, shape, None))
}
