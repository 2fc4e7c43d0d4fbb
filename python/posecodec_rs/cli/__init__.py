"""The command line, ``posecodec``; it needs the extra ``[cli]``.

Its functions raise `CommandError` for wrong input.
"""


class CommandError(Exception):
    """What is wrong with the user's input and what would be right, in one line."""

    exit_code = 2


class NothingMeasuredError(CommandError):
    """No keypoint of the input could be encoded; the output is printed, and has no errors."""

    exit_code = 3
