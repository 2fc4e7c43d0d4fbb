"""The codecs that `roundtrip` compares: top-down codecs at heatmap sizes, parsed from options."""

import ast
import difflib
import inspect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import posecodec_rs as pc
from posecodec_rs.cli import CommandError
from posecodec_rs.cli.codecs.top_down import BY_CODEC, Size, TopDown, top_down, top_down_codecs
from posecodec_rs.cli.text import size_text

SIZES: Sequence[Size] = ((48, 64), (72, 96), (96, 128))
"""Heatmap sizes by default, (W, H): those of MMPose's configs, and a larger one."""

MAX_SIDE = 2048
"""Of an input or a heatmap; larger ones are typing errors whose heatmaps would fill the memory."""

EXPECTED = "must be like UDPHeatmap or 'MSRAHeatmap(sigma=3, unbiased=True)'"


@dataclass(frozen=True)
class Candidate:
    """A codec at a size."""

    codec: TopDown
    use_udp: bool  # whether people are cropped with `use_udp`; see `Crop`

    @property
    def name(self) -> str:
        """The codec and its heatmap size."""
        size = self.codec.heatmap_size
        return f"{self.codec.name}{f' at {size_text(size)}' if size else ''}"


def parse_size(option: str, text: str) -> Size:
    """Return (w, h) of a text like "192x256"."""
    sides = re.fullmatch("([0-9]{1,4})[xX×]([0-9]{1,4})", text)
    if sides:
        width, height = int(sides[1]), int(sides[2])
        if 1 <= min(width, height) <= max(width, height) <= MAX_SIDE:
            return width, height
    raise CommandError(
        f"{option} must be WIDTHxHEIGHT, each from 1 to {MAX_SIDE}, such as 48x64, but got {text!r}"
    )


def candidates(
    codecs: Sequence[str],
    input_size: Size,
    heatmap_sizes: Sequence[Size],
    use_udp: bool | None = None,
) -> list[Candidate]:
    """Every codec at every heatmap size; those without heatmaps once.

    Args:
        codecs: Names, or calls with arguments; every top-down codec if empty.
        input_size: (w, h) in pixels.
        heatmap_sizes: (W, H), for codecs without the argument `heatmap_size`; `SIZES` if empty.
        use_udp: Whether people are cropped with `use_udp`; None: for `UDPHeatmap` alone, as in
            MMPose's configs.
    """
    found: dict[tuple[str, Size | None], Candidate] = {}
    for heatmap_size in heatmap_sizes or SIZES:
        if codecs:
            made = [_build(text, input_size, heatmap_size) for text in codecs]
        else:
            made = top_down_codecs(input_size, heatmap_size)
        for codec in made:
            _check(codec, input_size, f"--codec {codec.name!r}: " if codecs else "")
            udp = codec.entry.use_udp if use_udp is None else use_udp
            found.setdefault((codec.name, codec.heatmap_size), Candidate(codec, udp))
    order = list(dict.fromkeys(name for name, _ in found))
    return sorted(found.values(), key=lambda each: order.index(each.codec.name))


def _check(codec: TopDown, input_size: Size, prefix: str) -> None:
    """Construct the codec once, so that errors of its arguments are reported first."""
    try:
        made = codec.ours()
    except (ValueError, TypeError, OverflowError) as error:
        raise CommandError(f"{prefix}{error}") from error
    if tuple(getattr(made, "input_size", input_size)) != input_size:
        raise CommandError(f"{prefix[:-2]} must not have `input_size`; use --input-size")


def _build(text: str, input_size: Size, heatmap_size: Size) -> TopDown:
    kind, arguments = _parse(text)
    if kind not in pc.CODECS:
        raise CommandError(
            f"there is no codec {kind}{_hint(kind, BY_CODEC)}; `--codec` must be {_top_down()}"
        )
    kind = pc.CODECS[kind].__name__
    if kind not in BY_CODEC:
        raise CommandError(
            f"roundtrip supports top-down codecs only, and {kind} does not encode one person's "
            f"crop; `--codec` must be {_top_down()} (`posecodec demo` runs all codecs)"
        )
    known = list(inspect.signature(pc.CODECS[kind]).parameters)
    for name in arguments:
        if name not in known:
            raise CommandError(
                f"--codec {text!r}: {kind} takes {', '.join(known)}, not {name}{_hint(name, known)}"
            )
    return top_down(" ".join(text.split()), kind, arguments, input_size, heatmap_size)


def _hint(name: str, known: Iterable[str]) -> str:
    """The known name that is meant, if one is similar."""
    names = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), names, 1)
    return f" (did you mean {names[close[0]]}?)" if close else ""


def _parse(text: str) -> tuple[str, dict[str, Any]]:
    """The name and the arguments of a text like "UDPHeatmap(sigma=3)"."""
    try:
        call = ast.parse(text.strip(), mode="eval").body
        if isinstance(call, ast.Name):
            return call.id, {}
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and not call.args:
            arguments = {each.arg: _literal(each.value) for each in call.keywords if each.arg}
            if len(arguments) == len(call.keywords):
                return call.func.id, arguments
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        pass
    raise CommandError(f"--codec {text!r} cannot be parsed; it {EXPECTED}")


def _literal(node: ast.expr) -> Any:
    """A value; names are strings, because quotes are inconvenient in a shell."""
    if isinstance(node, ast.Name):
        return {"true": True, "false": False}.get(node.id, node.id)
    return ast.literal_eval(node)


def _top_down() -> str:
    *first, last = BY_CODEC
    return f"{', '.join(first)} or {last}"
