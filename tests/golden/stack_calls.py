"""Calls of a project's functions as its users call them, and files of recorded calls."""

import copy
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from stack_cases import Case

RECORDED = Path(__file__).parent / "stacks"

ARRAYS_OF_SLEAP = {"instance", "instances", "edge_inds"}
HEADS = ("heatmap", "locref", "paf", "offset", "x")
"""The outputs of DeepLabCut's heads, whose device and size its generators use."""


def call(module: Any, name: str, arguments: dict[str, Any], maps: Any = np.asarray) -> Any:
    """Call a function or a class. `maps` converts arrays to what the project takes."""
    function = getattr(module, name.partition(":")[0])
    if name.startswith("TopDown"):
        results = function(**arguments["options"])(arguments["results"])
        return [results["target"], results["target_weight"]]
    if name in ("HeatmapGenerator", "JointsEncoder"):
        return function(**arguments["options"])(arguments["joints"])
    if name == "HeatmapParser":
        parser = function(arguments["cfg"])
        inputs = [maps(arguments[key]) for key in ("heatmaps", "tags")]
        return list(parser.parse(*inputs, arguments["adjust"], arguments["refine"]))
    if name == "HeatmapParser: steps":
        return steps(function(arguments["cfg"]), arguments["heatmaps"], arguments["tags"], maps)
    if name == "get_final_preds":
        config = SimpleNamespace(TEST=SimpleNamespace(POST_PROCESS=arguments["post_process"]))
        return function(config, *(arguments[key] for key in ("batch_heatmaps", "center", "scale")))
    if name == "generate_target":
        dataset = SimpleNamespace(**arguments["dataset"])
        return function(dataset, arguments["joints"], arguments["joints_vis"])
    if name == "GeneratePoseTarget":
        return function(**arguments["options"])(dict(arguments["results"]))["imgs"]
    if name.startswith("generate_"):
        converted = {key: maps(arguments[key]) for key in ARRAYS_OF_SLEAP & arguments.keys()}
        return np.asarray(function(**{**arguments, **converted}))
    if name.endswith("Generator"):
        outputs = {head: maps(np.zeros(arguments["shape"], np.float32)) for head in HEADS}
        labels = {key: maps(values) for key, values in arguments["labels"].items()}
        targets = function(**arguments["options"])(arguments["stride"], outputs, labels)
        return [np.asarray(values) for head in targets.values() for values in head.values()]
    return function(**arguments)


def steps(parser: Any, heatmaps: Any, tags: Any, maps: Any) -> list[Any]:
    """The results of each step of a parser, which the next step gets."""
    candidates = parser.top_k(maps(heatmaps), maps(tags))
    matched = parser.match(**candidates)
    adjusted = parser.adjust(copy.deepcopy(matched), maps(heatmaps))
    per_joint = np.broadcast_to(tags[0], (*heatmaps[0].shape, tags.shape[-1]))
    refined = [
        parser.refine(heatmaps[0], per_joint, person.copy(), use_udp=use_udp)
        for person in adjusted[0]
        for use_udp in (False, True)
    ]
    return [*candidates.values(), matched, adjusted, refined]


def save(path: Path, calls: Iterable[tuple[Case, Any]]) -> None:
    """Write calls and their results."""
    arrays: dict[str, Any] = {}
    names: dict[Any, str] = {}

    def stored(value: Any) -> Any:
        if isinstance(value, (np.ndarray, np.generic)):
            array = np.ascontiguousarray(value).reshape(np.shape(value))
            name = names.setdefault((array.tobytes(), array.shape, array.dtype), f"a{len(names)}")
            arrays[name] = array
            return {"array": name}
        if isinstance(value, dict):
            return {key: stored(item) for key, item in value.items()}
        return [stored(item) for item in value] if isinstance(value, (list, tuple)) else value

    entries = [
        {"call": name, "arguments": stored(arguments), "results": stored(results)}
        for (name, arguments), results in calls
    ]
    np.savez_compressed(path, calls=json.dumps(entries), **arrays)


def load(path: Path) -> Iterator[tuple[Case, Any]]:
    """Read calls and their results."""
    with np.load(path) as file:
        arrays = dict(file)

    def loaded(value: Any) -> Any:
        if isinstance(value, dict):
            if value.keys() == {"array"}:
                return arrays[value["array"]].copy()
            return {key: loaded(item) for key, item in value.items()}
        return [loaded(item) for item in value] if isinstance(value, list) else value

    for entry in json.loads(str(arrays["calls"])):
        yield (entry["call"], loaded(entry["arguments"])), loaded(entry["results"])
