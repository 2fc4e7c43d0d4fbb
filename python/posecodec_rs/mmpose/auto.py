"""Installs the codecs: ``custom_imports = dict(imports=['posecodec_rs.mmpose.auto'])``."""

from posecodec_rs.mmpose import install

install()
