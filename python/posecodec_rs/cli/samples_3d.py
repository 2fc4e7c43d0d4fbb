"""Which 3D samples the demo runs on: the user's files, or those made by formula."""

from pathlib import Path

from posecodec_rs.cli import CommandError, demo, h36m, hand_3d, interhand, motion


def sections(bodies: Path | None, cameras: Path | None, hands: Path | None) -> list[demo.Section]:
    """The demo's tables for poses in space.

    Args:
        bodies: Human3.6M frames, with `cameras`.
        cameras: Their cameras.
        hands: A folder of InterHand2.6M's annotations.

    Raises:
        CommandError: If a file is missing, or holds something else.
    """
    if (bodies is None) != (cameras is None):
        given, missing = (
            ("--cameras", "--body-3d") if bodies is None else ("--body-3d", "--cameras")
        )
        raise CommandError(f"{given} needs {missing}; {h36m.WANTED}")
    movements = [motion.walk()]
    if bodies is not None and cameras is not None:
        movements = h36m.read_movements(bodies, cameras)
    pairs = [motion.hands()] if hands is None else interhand.read_hands(hands, hand_3d.INPUT_SIZE)
    if not pairs:
        raise CommandError(f"{hands} has no hands; {interhand.WANTED}")
    sources = ("made by formula", "read from files")
    return demo.sections_3d(
        (movements, sources[bodies is not None]), (pairs, sources[hands is not None])
    )
