"""What `posecodec roundtrip` does: how much accuracy a codec alone costs on annotated people."""
