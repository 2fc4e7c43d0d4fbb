"""Outputs do not depend on threads or processes."""

import multiprocessing
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from numpy.random import Generator
from posecodec_rs import get_num_threads, set_num_threads
from processes import DEADLINE, exit_code_of_child, needs_fork, run
from specs import PARALLEL_BATCH_SIZE, TOP_DOWN, Config, each, of_family

CONFIGS = of_family(*TOP_DOWN)

LARGE = next(config for config in CONFIGS if config.codec == "UDPHeatmap")
"""A configuration whose batches run on several threads."""


def large_batch(rng: Generator) -> tuple[Any, Any]:
    """Keypoints and heatmaps that are split between threads."""
    return LARGE.keypoints(rng, PARALLEL_BATCH_SIZE), LARGE.encoded(rng, PARALLEL_BATCH_SIZE)


def test_set_and_get_num_threads() -> None:
    default = get_num_threads()
    assert default >= 1
    for threads in (1, 2, 7, 1024):
        set_num_threads(threads)
        assert get_num_threads() == threads
    set_num_threads(np.int64(3))
    assert get_num_threads() == 3
    set_num_threads(0)
    assert get_num_threads() == default


SHOW = "import posecodec_rs as p; print(p.get_num_threads())"


def test_environment_sets_default() -> None:
    assert run(SHOW, POSECODEC_NUM_THREADS="3") == "3"
    assert run(SHOW, POSECODEC_NUM_THREADS=" 5 ") == "5"
    later = "import posecodec_rs as p; p.set_num_threads(2); print(p.get_num_threads())"
    assert run(later, POSECODEC_NUM_THREADS="3") == "2"
    restored = "import posecodec_rs as p; p.set_num_threads(2); p.set_num_threads(0)\n" + SHOW
    assert run(restored, POSECODEC_NUM_THREADS="3") == "3"


@pytest.fixture(scope="module")
def threads_by_default() -> str:
    """The number of threads without the environment variable."""
    program = f"import os; os.environ.pop('POSECODEC_NUM_THREADS', None)\n{SHOW}"
    return run(program)


@pytest.mark.parametrize("text", ["", "0", "-1", "two", "1.5", "99999999999999999999"])
def test_invalid_environment_is_ignored(text: str, threads_by_default: str) -> None:
    assert run(SHOW, POSECODEC_NUM_THREADS=text) == threads_by_default


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no CPU affinity")
def test_affinity_sets_default() -> None:
    allowed = sorted(os.sched_getaffinity(0))
    for processors in (allowed[:1], allowed[:2], allowed):
        program = f"import os; os.sched_setaffinity(0, {set(processors)})\n{SHOW}"
        assert run(program, POSECODEC_NUM_THREADS="") == str(len(processors))


def test_cpu_quota_sets_default() -> None:
    """In a control group with the time of one CPU, where this user may create one."""
    groups = {"cpu.max": Path("/sys/fs/cgroup"), "cpu.cfs_quota_us": Path("/sys/fs/cgroup/cpu")}
    found = [(limit, at) for limit, at in groups.items() if (at / "cgroup.procs").exists()]
    if not found or len(os.sched_getaffinity(0)) < 2:
        pytest.skip("no control groups, or only one CPU")
    limit, at = found[-1]
    group = at / f"posecodec-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        pytest.skip("this user may not create control groups")
    try:
        if not (group / limit).exists():
            pytest.skip("control groups without CPU quotas")
        (group / limit).write_text("100000")
        program = f"import os; open('{group}/cgroup.procs', 'w').write(str(os.getpid()))\n{SHOW}"
        assert run(program, POSECODEC_NUM_THREADS="") == "1"
    finally:
        group.rmdir()


def test_environment_with_too_many_threads() -> None:
    program = """
        import numpy, posecodec_rs
        assert 1 <= posecodec_rs.get_num_threads() <= 1024
        codec = posecodec_rs.UDPHeatmap((192, 256), (48, 64))
        print(codec.batch_encode(numpy.ones((5, 1, 17, 2)))["heatmaps"].shape)
    """
    assert run(program, POSECODEC_NUM_THREADS="1000000") == "(5, 17, 64, 48)"


def test_torch_is_not_imported() -> None:
    program = """
        import pickle, sys, numpy
        from posecodec_rs import *
        codec = UDPHeatmap((192, 256), (48, 64))
        targets = codec.batch_encode(numpy.ones((2, 1, 17, 2)).tolist())
        codec.batch_decode(targets["heatmaps"].astype("f2"))
        GenerateTarget({"type": "RegressionLabel", "input_size": (4, 4)})
        print(sorted({"torch", "mmpose", "mmengine", "cv2"} & set(sys.modules)))
    """
    assert run(program) == "[]"


def test_import_starts_no_threads() -> None:
    task = "/proc/self/task"
    if not os.path.isdir(task):
        pytest.skip("this system does not list threads")
    program = f"""
        import os, numpy
        before = len(os.listdir("{task}"))
        import posecodec_rs
        codec = posecodec_rs.UDPHeatmap((192, 256), (48, 64))
        codec.decode(codec.encode(numpy.ones((1, 133, 2)))["heatmaps"])
        print(len(os.listdir("{task}")) - before)
        codec.batch_encode(numpy.ones(({PARALLEL_BATCH_SIZE}, 1, 17, 2)))
        print(len(os.listdir("{task}")) - before)
    """
    # The calling thread is the third.
    assert run(program, POSECODEC_NUM_THREADS="3").split() == ["0", "2"]


@each(CONFIGS)
def test_outputs_do_not_depend_on_threads(config: Config, rng: Generator) -> None:
    codec = config.make()
    args = config.encode_args(rng, PARALLEL_BATCH_SIZE)
    points, visible = args["keypoints"], args["keypoints_visible"]
    encoded = config.encoded(rng, PARALLEL_BATCH_SIZE)
    out = codec.batch_encode(points, visible)
    answers = []
    for threads in (1, 2, 3):
        set_num_threads(threads)
        for array in out.values():
            array.fill(9)
        codec.batch_encode(points, visible, out=out)
        filled = {name: array.copy() for name, array in out.items()}
        answers.append((codec.batch_encode(points, visible), codec.batch_decode(*encoded), filled))
    for one, two, filled in answers:
        assert_same(one, answers[0][0])
        assert_same(two, answers[0][1])
        assert_same(filled, answers[0][0])


def test_gil_is_released(rng: Generator) -> None:
    set_num_threads(1)
    codec = posecodec_rs.MegviiHeatmap((512, 512), (512, 512), 101)
    maps = np.tile(rng.random((4, 512, 512), np.float32), (1, 16, 1, 1))
    begins, ended = threading.Event(), threading.Event()

    def decode() -> None:
        begins.set()
        codec.batch_decode(maps)
        ended.set()

    turns = 0
    thread = threading.Thread(target=decode)
    thread.start()
    begins.wait()
    while not ended.wait(0.001):
        turns += 1
    thread.join()
    assert turns > 5  # some hundreds; at most one if the GIL were held


def test_set_num_threads_while_batches_run(rng: Generator) -> None:
    codec = LARGE.make()
    points, encoded = large_batch(rng)
    want = codec.batch_encode(points), codec.batch_decode(*encoded)

    def answers(number: int) -> Any:
        set_num_threads(1 + number % 4)
        return codec.batch_encode(points), codec.batch_decode(*encoded)

    with ThreadPoolExecutor(8) as executor:
        for got in executor.map(answers, range(64)):
            assert_same(got, want)


@pytest.mark.slow  # starts many processes
@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("threads", [2, 3])
def test_fork_after_pool_was_used(threads: int, rng: Generator) -> None:
    set_num_threads(threads)
    codec = LARGE.make()
    points, encoded = large_batch(rng)
    want = codec.batch_encode(points), codec.batch_decode(*encoded)

    def again() -> None:
        for _ in range(3):
            assert_same((codec.batch_encode(points), codec.batch_decode(*encoded)), want)
        set_num_threads(threads + 1)
        assert_same((codec.batch_encode(points), codec.batch_decode(*encoded)), want)

    def again_and_in_a_grandchild() -> None:
        again()
        assert exit_code_of_child(again) == 0

    for _ in range(3):
        assert exit_code_of_child(again_and_in_a_grandchild) == 0
    again()  # the pool of the parent process still works


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_keeps_num_threads() -> None:
    def check() -> None:
        assert get_num_threads() == 5

    set_num_threads(5)
    assert exit_code_of_child(check) == 0


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_failing_child_is_detected() -> None:
    assert exit_code_of_child(lambda: sys.exit(3)) == 1


@pytest.mark.slow  # starts many processes
@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forks_while_other_threads_run_batches(rng: Generator) -> None:
    set_num_threads(2)
    codec = LARGE.make()
    points, encoded = large_batch(rng)

    def answers() -> Any:
        return codec.batch_encode(points), codec.batch_decode(*encoded)

    want = answers()
    with ThreadPoolExecutor(2) as executor:
        running = [executor.submit(answers) for _ in range(100)]
        children = [exit_code_of_child(lambda: assert_same(answers(), want)) for _ in range(5)]
        assert children == [0] * 5
        for future in running:
            assert_same(future.result(), want)


@pytest.mark.slow  # starts many processes
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_workers(method: str, rng: Generator) -> None:
    set_num_threads(2)
    context: Any = multiprocessing.get_context(method)
    configs = [LARGE, *(config for config in CONFIGS if config.note == "dark")]
    with context.Pool(1) as pool:
        for config in configs:
            codec = config.make()
            points, encoded = (
                config.keypoints(rng, PARALLEL_BATCH_SIZE),
                config.encoded(rng, PARALLEL_BATCH_SIZE),
            )
            for call, arguments in (
                (codec.batch_encode, (points,)),
                (codec.batch_decode, encoded),
                (codec.__eq__, (codec,)),
            ):
                answer = pool.apply_async(call, arguments).get(DEADLINE)
                if call == codec.__eq__:
                    assert answer is True
                else:
                    assert_same(answer, call(*arguments))
