"""The command line, ``posecodec``; it needs the extra ``[cli]``."""


class CommandError(Exception):
    """What is wrong with the user's input and what would be right, in one line."""
