"""``python -m posecodec_rs``: the command line, where ``posecodec`` is not on the path."""

from posecodec_rs.cli.app import main

if __name__ == "__main__":
    main()
