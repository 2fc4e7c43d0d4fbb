//! Lists of images, whose numbers of instances may differ.

use posecodec::Shape as Shown;
use posecodec::codecs::Encode;
use posecodec::codecs::slices::{
    ArrayMut, EncodePlan, Init, MAX_OUTPUTS, Output, Per, SampleOfList, encode_samples,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use super::{Argument, Out, OutputDict, Precision, VISIBLE, encode, plan, read_visible};
use crate::call::{Call, enter};
use crate::class::Encoded;
use crate::convert::{CoordArray, DtypePolicy, try_with_capacity};
use crate::error::{conversion_error, invalid};

/// Encodes one image (N, K, 2), a batch (B, N, K, 2), or a list of one (N, K, 2) per image, where N
/// may differ.
///
/// For a list, outputs with one row per instance are lists of arrays; the others are one array.
pub(crate) fn encode_images<'py, C: Encode>(
    py: Python<'py>,
    codec: &C,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    (out, dtype): (Option<&Bound<'py, PyAny>>, Option<&Bound<'py, PyAny>>),
) -> Encoded<'py> {
    if call == Call::Single || !is_list(Some(keypoints)) {
        return encode(py, codec, call, keypoints, visible, (out, dtype));
    }
    let precision = dtype.map_or(Ok(Precision::Single), Precision::read)?;
    let keypoints = images(keypoints)?;
    let images = read_images(py, codec, &keypoints, visible)?;
    let outputs = &images[0].plan.outputs;
    let is_list = |output: &&Output| output.per == Per::Instance;
    if let (Some(_), Some(list)) = (out, outputs.iter().find(is_list)) {
        let wanted = format!(
            "cannot be filled from a list of images: '{}' is then a list of arrays",
            list.name
        );
        return Err(invalid(py, "out", &wanted, "an `out`").into());
    }
    let shared: Vec<Output> = outputs.iter().filter(|output| !is_list(output)).cloned().collect();
    let call = (Call::Batch, images.len());
    let mut maps =
        OutputDict::allocate(py, call, &shared, &[], Out { out, precision }, codec.init())?;
    let lists: Vec<Vec<Output>> = images
        .iter()
        .map(|image| image.plan.outputs.iter().filter(is_list).cloned().collect())
        .collect();
    let mut rows = Vec::with_capacity(images.len());
    for (image, lists) in images.iter().zip(&lists) {
        let arguments = [(VISIBLE, image.visible.as_ref().map(Argument::Coords))];
        let call = (Call::Single, 1);
        let out = Out { out: None, precision };
        rows.push(OutputDict::allocate(py, call, lists, &arguments, out, Init::Zeroed)?);
    }

    let init = maps.init();
    let mut rest = maps.arrays::<MAX_OUTPUTS>();
    let values = rest.iter().map(ArrayMut::len).sum();
    let mut samples = Vec::with_capacity(images.len());
    for (image, rows) in images.iter().zip(&mut rows) {
        let (mut maps, mut rows) =
            (rest.iter_mut(), rows.zeroed_arrays::<MAX_OUTPUTS>().into_iter());
        let array = |output: &Output| {
            if is_list(&output) {
                return rows.next();
            }
            maps.next().map(|array| array.split_off(output.len().unwrap_or(0)))
        };
        samples.push(SampleOfList {
            plan: &image.plan,
            keypoints: image.points.floats(),
            visible: image.visible.as_ref().map(CoordArray::floats),
            arrays: image.plan.outputs.iter().filter_map(array).collect(),
        });
    }
    enter(py, values, || encode_samples(codec, samples, init))?;
    drop(rest);

    let dict = maps.finish()?;
    let rows = rows.into_iter().map(OutputDict::finish).collect::<PyResult<Vec<_>>>()?;
    for output in outputs.iter().filter(is_list) {
        let list = PyList::empty(py);
        for rows in &rows {
            list.append(rows.as_any().get_item(output.name)?)?;
        }
        dict.set_item(output.name, list)?;
    }
    Ok(dict)
}

/// One image of a list.
struct Image<'py> {
    points: CoordArray<'py>,
    visible: Option<CoordArray<'py>>,
    plan: EncodePlan,
}

/// Reads the images, at least one, all with the same number of keypoints per instance.
fn read_images<'py, C: Encode>(
    py: Python<'py>,
    codec: &C,
    keypoints: &[Bound<'py, PyAny>],
    visible: Option<&Bound<'py, PyAny>>,
) -> PyResult<Vec<Image<'py>>> {
    let visible = visible.map(|visible| visible_items(visible, keypoints.len())).transpose()?;
    let mut images: Vec<Image<'py>> = Vec::with_capacity(keypoints.len());
    for (number, points) in keypoints.iter().enumerate() {
        let points = CoordArray::read(points, "keypoints", DtypePolicy::Promote)?;
        let visible = read_visible(visible.as_ref().map(|visible| &visible[number]))?;
        let plan = plan(codec, Call::Single, points.shape(), visible.as_ref())?;
        if let Some(first) = images.first().filter(|first| first.plan.count != plan.count) {
            let count = first.plan.count;
            let wanted = format!("must have the same number of keypoints ({count}) in every image");
            let got = format!("shape {} in image {number}", Shown(points.shape()));
            return Err(invalid(py, "keypoints", &wanted, got));
        }
        images.push(Image { points, visible, plan });
    }
    if images.is_empty() {
        return Err(invalid(py, "keypoints", "must hold at least one image", "none"));
    }
    Ok(images)
}

/// The visibilities of each image.
fn visible_items<'py>(
    visible: &Bound<'py, PyAny>,
    images: usize,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let wanted = format!("must hold {images} images, as `keypoints` does");
    let visible_items = each(visible, VISIBLE, &wanted)?;
    if visible_items.len() != images {
        let got = format!("{} images", visible_items.len());
        return Err(invalid(visible.py(), VISIBLE, &wanted, got));
    }
    Ok(visible_items)
}

/// Encodes images of different shapes one by one: `encode` gets each image's part of each argument,
/// and every output becomes a list.
pub(crate) fn map_images<'py, const A: usize>(
    py: Python<'py>,
    arguments: [(&str, Option<&Bound<'py, PyAny>>); A],
    names: &[&str],
    encode: impl Fn([Option<Bound<'py, PyAny>>; A]) -> Encoded<'py>,
) -> Encoded<'py> {
    const WANTED: &str = "must have one item per image";
    let given = arguments.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    let mut images = None;
    for (name, value) in given {
        let count = value.len().map_err(|cause| conversion_error(py, name, WANTED, cause))?;
        if images.is_some_and(|images| images != count) {
            let got = format!("{count} for {} images", images.unwrap_or(0));
            return Err(invalid(py, name, WANTED, got).into());
        }
        images = Some(count);
    }
    let lists: Vec<_> = names.iter().map(|_| PyList::empty(py)).collect();
    for image in 0..images.unwrap_or(0) {
        let mut part = arguments.map(|_| None);
        for (part, (name, value)) in part.iter_mut().zip(arguments) {
            let item = value.map(|value| value.get_item(image)).transpose();
            *part = item.map_err(|cause| conversion_error(py, name, WANTED, cause))?;
        }
        let encoded = encode(part)?;
        for (list, name) in lists.iter().zip(names) {
            list.append(encoded.as_any().get_item(name)?)?;
        }
    }
    let dict = PyDict::new(py);
    for (list, name) in lists.into_iter().zip(names) {
        dict.set_item(name, list)?;
    }
    Ok(dict)
}

/// The images of an argument that is a list of them.
fn images<'py>(argument: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let mut images = try_with_capacity(argument.len()?)?;
    for image in argument.try_iter()? {
        images.push(image?);
    }
    Ok(images)
}

/// The items of an argument, a list or an array. Without a length it may be endless, and is an error.
pub(crate) fn each<'py>(
    argument: &Bound<'py, PyAny>,
    name: &str,
    wanted: &str,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = argument.py();
    let (Ok(count), Ok(items)) = (argument.len(), argument.try_iter()) else {
        return Err(invalid(py, name, wanted, argument.get_type()));
    };
    let mut images = try_with_capacity(count)?;
    for item in items.take(count) {
        images.push(item.map_err(|cause| conversion_error(py, name, wanted, cause))?);
    }
    Ok(images)
}

/// Whether an argument is a list or a tuple of one array per image, of any shapes.
pub(crate) fn is_list(argument: Option<&Bound<'_, PyAny>>) -> bool {
    argument.is_some_and(|argument| {
        argument.is_instance_of::<PyList>() || argument.is_instance_of::<PyTuple>()
    })
}
