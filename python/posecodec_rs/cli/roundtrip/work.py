"""All candidates on everyone."""

from collections.abc import Sequence
from dataclasses import dataclass

from posecodec_rs.cli.coco import Annotations
from posecodec_rs.cli.roundtrip import sigmas
from posecodec_rs.cli.roundtrip.candidates import Candidate, Size
from posecodec_rs.cli.roundtrip.measure import Counted, Crops, measure
from posecodec_rs.cli.roundtrip.oks import Evaluation
from posecodec_rs.cli.roundtrip.report import Report


@dataclass(frozen=True, eq=False)
class Work:
    """What candidates are tried on.

    Attributes:
        annotations: Everyone.
        input_size: (w, h) in pixels, to which everyone is cropped.
        known: The sigmas of OKS, if any.
    """

    annotations: Annotations
    input_size: Size
    known: sigmas.Sigmas

    def run(self, candidates: Sequence[Candidate], counted: Counted) -> Report:
        """Encode and decode everyone with each candidate.

        Raises:
            CommandError: If there is too little memory.
        """
        crops = {
            use_udp: Crops.of(self.annotations, self.input_size, use_udp=use_udp)
            for use_udp in {each.use_udp for each in candidates}
        }
        values = self.known.values
        evaluation = Evaluation(self.annotations, values) if values else None
        rows = [measure(each, crops[each.use_udp], evaluation, counted) for each in candidates]
        return Report(self.annotations, self.input_size, self.known, rows)

    def people(self, candidates: Sequence[Candidate]) -> int:
        """How many are counted: everyone when decoded, and once more when evaluated."""
        return len(self.annotations.people) * len(candidates) * (2 if self.known.values else 1)
