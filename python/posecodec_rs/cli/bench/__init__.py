"""`posecodec bench`: times every operation of every codec, and of MMPose's where it is installed.

`benchmarks/compare.py` uses the same parts, and measures more than these operations.
"""
