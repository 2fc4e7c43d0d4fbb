"""What `posecodec bench` measures: every operation of every codec, and MMPose's where it is there.

`benchmarks/compare.py` measures with the same parts, and more than these operations.
"""
