"""The command line of the fuzz targets, with atheris where it is installed and with a plain mutator where it is not."""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib.util
import itertools
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import FunctionType

from tests.fuzzing.laws import MOST
from tests.fuzzing.mutation import mutants
from tests.fuzzing.targets import TARGETS, Target


def main() -> int:
    """Fuzz one target. Ends with 1 when a law was broken; the input is then in the folder of findings."""
    options = _options()
    target = TARGETS[options.target]
    if options.input is not None:
        target.law(options.input.read_bytes())
        return 0
    engine = options.engine
    if engine == "auto":
        engine = "atheris" if importlib.util.find_spec("atheris") else "plain"
    return (_run_atheris if engine == "atheris" else _run_plain)(options.target, target, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="how long to run (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same inputs (default: 1)")
    parser.add_argument("--engine", choices=("auto", "atheris", "plain"), default="auto")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="where broken inputs are kept")
    parser.add_argument("--input", type=Path, help="run one kept input again, and nothing else")
    return parser.parse_args()


def _run_plain(name: str, target: Target, options: argparse.Namespace) -> int:
    started, runs, broken, slowest = time.perf_counter(), 0, set(), 0.0
    for data in mutants(target.seeds(), target.words, options.seed):
        now = time.perf_counter()
        if now - started > options.seconds:
            break
        if len(data) > MOST * 8:
            continue
        runs += 1
        try:
            target.law(data)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            key = (type(error).__name__, frame.filename, frame.lineno)
            if key not in broken:
                broken.add(key)
                print(f"{type(error).__name__} in {frame.name}, kept as {_keep(name, data, options.findings)}")
                traceback.print_exc()
        slowest = max(slowest, time.perf_counter() - now)
    print(f"{name}: {runs:,} inputs in {options.seconds} s, {len(broken)} findings, the slowest took {slowest:.2f} s.")
    return 1 if broken else 0


def _keep(name: str, data: bytes, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}"
    path.write_bytes(data)
    return path


def _run_atheris(name: str, target: Target, options: argparse.Namespace) -> int:
    """The library never comes back: it ends the process, with 77 for a finding."""
    import atheris  # type: ignore[import-not-found]

    options.findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tsfix-corpus-") as folder:
        for number, seed in enumerate(target.seeds()):
            Path(folder, f"seed-{number:03}").write_bytes(seed)
        words = Path(folder, "words.dict")
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), encoding="ascii")
        corpus = Path(folder, "found")
        corpus.mkdir()
        arguments = [
            f"-max_total_time={options.seconds}",
            f"-seed={options.seed}",
            f"-max_len={MOST}",
            f"-dict={words}",
            f"-artifact_prefix={options.findings / name}-",
            "-timeout=30",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
        ]
        # All that Python has would take minutes to instrument, and what it does is not looked for.
        for found in gc.get_objects():
            if isinstance(found, FunctionType) and (found.__module__ or "").startswith("tsfix"):
                atheris.instrument_func(found)
        atheris.Setup([sys.argv[0], *arguments, str(corpus), folder], target.law)
        atheris.Fuzz()
    return 0


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def first_inputs(target: Target, count: int) -> list[bytes]:
    """The first inputs of the plain mutator, for a test run."""
    return list(itertools.islice(mutants(target.seeds(), target.words, 1), count))
