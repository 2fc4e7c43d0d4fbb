"""`posecodec roundtrip`: the error that codecs alone introduce on annotated people."""
