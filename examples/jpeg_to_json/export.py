"""Write what `jpeg_to_json` reads: `python examples/jpeg_to_json/export.py FOLDER`.

FOLDER gets `model.onnx`, the network of `infer_onnx.py`, and `person.jpg`, an image of one person.
Prints the person's box.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from PIL import Image

sys.path.append(str(Path(__file__).parents[1]))
from infer_onnx import draw, network, people


def main() -> None:
    """Write both files, and print X,Y,W,H."""
    folder = Path(sys.argv[1])
    onnx.save(network(), folder / "model.onnx")
    person = people()[4]
    pixels = np.clip(127.5 * (draw(person) + 1), 0, 255).round().astype(np.uint8)
    Image.fromarray(pixels).save(folder / "person.jpg", quality=98, subsampling=0)
    print(*person.box, sep=",")


if __name__ == "__main__":
    main()
