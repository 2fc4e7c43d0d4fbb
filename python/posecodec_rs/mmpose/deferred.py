"""Installs codecs and ``defer``: ``custom_imports=dict(imports=['posecodec_rs.mmpose.deferred'])``.

``GenerateTarget`` then takes ``defer=True``, and ``EncodingDataPreprocessor`` encodes the batch.
"""

from posecodec_rs.mmpose import install

install(defer=True)
