//! Groups keypoint candidates to instances by their tags.

use crate::error::{Result, try_with_capacity};
use crate::float::Float;
use crate::kernels::grouping::hungarian::linear_sum_assignment;
use crate::kernels::math::pairwise_sum::pairwise_sum;

/// A candidate keypoint: its location, response and tag.
#[derive(Debug, Clone, PartialEq)]
pub struct TaggedCandidate<T> {
    /// Heatmap pixel `[x, y]`.
    pub at: [usize; 2],
    /// The response of the heatmap.
    pub value: T,
    /// Its tag, one number per channel; all finite.
    pub tag: Vec<T>,
}

/// The keypoints of one instance: location and score, or `None` for a missing keypoint.
pub type Group<T> = Vec<Option<([usize; 2], T)>>;

/// An instance to which candidates are added.
struct Instance<T> {
    /// The first channel of its first tag. MMPose uses it as the key of a dict of instances.
    key: T,
    group: Group<T>,
    /// The tags of its keypoints.
    tags: Vec<Vec<T>>,
}

impl<T: Float> Instance<T> {
    /// The mean of its tags, in their precision, summed in NumPy's order.
    fn mean_tag(&self) -> Vec<T> {
        mean_tag(&self.tags)
    }
}

/// Which candidates join which instances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupingRules {
    /// A candidate joins an instance if the distance between their tags is below this one.
    pub threshold: f64,
    /// Whether distances are rounded, so that of equally near candidates the one with the larger
    /// response comes first.
    pub prefer_response: bool,
    /// The number of instances, in the order in which they began, that candidates can join.
    pub max_joined: usize,
}

impl GroupingRules {
    /// The rules of MMPose 1.x with this threshold.
    pub fn of_threshold(threshold: f64) -> Self {
        Self { threshold, prefer_response: true, max_joined: usize::MAX }
    }
}

/// The mean of at least one tag. Like NumPy, it sums tags of several channels one after the other,
/// and tags of one channel, which are contiguous, pairwise.
pub fn mean_tag<T: Float>(tags: &[Vec<T>]) -> Vec<T> {
    let count = T::of(tags.len() as f64);
    let channels = tags[0].len();
    let channel = |channel: usize| tags.iter().map(move |tag| tag[channel]);
    (0..channels)
        .map(|number| {
            let sum = if channels == 1 {
                pairwise_sum(&channel(0).collect::<Vec<_>>())
            } else {
                channel(number).fold(T::zero(), |sum, value| sum + value)
            };
            sum / count
        })
        .collect()
}

/// Groups candidates like MMPose's `_group_keypoints_by_tags`. For each keypoint in `order`,
/// candidates are assigned to instances with minimum total cost. A candidate joins its instance if
/// the distance between its tag and the instance's mean tag is below the threshold; otherwise it
/// starts a new instance.
///
/// `candidates` has the candidates of each keypoint, in descending order of response.
///
/// # Errors
/// [`crate::Error::OutOfMemory`] if the cost matrices, which grow with the square of the number of
/// instances, cannot be allocated.
pub fn group_by_tags<T: Float>(
    candidates: &[Vec<TaggedCandidate<T>>],
    order: &[usize],
    rules: &GroupingRules,
) -> Result<Vec<Group<T>>> {
    let mut instances: Vec<Instance<T>> = Vec::new();
    for &keypoint in order {
        let added = &candidates[keypoint];
        if added.is_empty() {
            continue;
        }
        // The first keypoint has no instances to join.
        let matched = if instances.is_empty() {
            vec![None; added.len()]
        } else {
            let joined = instances.len().min(rules.max_joined);
            match_to_instances(added, &instances[..joined], rules)?
        };
        for (candidate, instance) in added.iter().zip(matched) {
            let index = match instance {
                Some(index) => {
                    instances[index].tags.push(candidate.tag.clone());
                    index
                }
                None => start_instance(&mut instances, candidate, candidates.len()),
            };
            instances[index].group[keypoint] = Some((candidate.at, candidate.value));
        }
    }
    Ok(instances.into_iter().map(|instance| instance.group).collect())
}

/// Starts an instance with the tag of this candidate, and returns its index. If there is an
/// instance with the same key, MMPose overwrites that one's tags instead; so does this.
fn start_instance<T: Float>(
    instances: &mut Vec<Instance<T>>,
    candidate: &TaggedCandidate<T>,
    keypoints: usize,
) -> usize {
    let (key, tags) = (candidate.tag[0], vec![candidate.tag.clone()]);
    match instances.iter().position(|instance| instance.key == key) {
        Some(index) => {
            instances[index].tags = tags;
            index
        }
        None => {
            instances.push(Instance { key, group: vec![None; keypoints], tags });
            instances.len() - 1
        }
    }
}

/// The instance that each candidate joins, or `None`.
fn match_to_instances<T: Float>(
    added: &[TaggedCandidate<T>],
    instances: &[Instance<T>],
    rules: &GroupingRules,
) -> Result<Vec<Option<usize>>> {
    let means: Vec<_> = instances.iter().map(Instance::mean_tag).collect();
    // The cost of no instance: with more candidates than instances, some candidates get none.
    const NO_INSTANCE: f64 = 1e10;
    let columns = instances.len().max(added.len());
    let mut distances = try_with_capacity("distances of tags", added.len() * instances.len())?;
    let mut costs = try_with_capacity("costs of an assignment", added.len() * columns)?;
    for candidate in added {
        for mean in &means {
            let distance = distance(&candidate.tag, mean);
            distances.push(distance);
            costs.push(if rules.prefer_response {
                distance.round_ties_even() * 100.0 - candidate.value.as_f64()
            } else {
                distance
            });
        }
        costs.resize(costs.len() + columns - instances.len(), NO_INSTANCE);
    }
    let joined = |(row, column): (usize, usize)| {
        let joins =
            column < instances.len() && distances[row * instances.len() + column] < rules.threshold;
        joins.then_some(column)
    };
    Ok(linear_sum_assignment(&costs, columns)?.into_iter().enumerate().map(joined).collect())
}

/// The Euclidean distance between two tags, in double precision.
fn distance<T: Float>(one: &[T], other: &[T]) -> f64 {
    let squares = one.iter().zip(other).map(|(a, b)| {
        let difference = a.as_f64() - b.as_f64();
        difference * difference
    });
    squares.sum::<f64>().sqrt()
}
