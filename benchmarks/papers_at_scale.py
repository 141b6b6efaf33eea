"""Papers at scale: ten times the papers in ten times the time, and no more memory, with both engines.

In: synthetic papers, and copies of them with a comment at their end, so that each is a paper of its own. Out: for each
engine, seconds and the parent's resident memory for N papers and for 10 N, on stdout. Every measurement is a process
of its own; N is measured before and after 10 N, as other work on the machine comes and goes. Without Ray installed
only the local engine is measured.

    python benchmarks/papers_at_scale.py [N [WORKERS]]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, median
from typing import Any

from glassllava import papers
from glassllava.sandbox import Outcome, PoolOf, Sandbox
from glassllava.scale import RayPool
from glassllava.synthetic.corpus import write_papers
from glassllava.workspace import Workspace

DIFFERENT, TIMES = 4, 10
LARGEST_RATIO, LARGEST_GROWTH_MIB = 10.5, 64.0


class Memory:
    """Resident memory of this process, sampled five times a second."""

    def __init__(self) -> None:
        self.samples: list[tuple[float, float]] = []
        """Seconds since the start, and MiB that no other process shares."""
        self._started = time.monotonic()
        self._stop = threading.Event()
        threading.Thread(target=self._sample, daemon=True).start()

    def _sample(self) -> None:
        while not self._stop.wait(0.2):
            told = Path("/proc/self/status").read_text()
            own = next(line for line in told.splitlines() if line.startswith("RssAnon"))
            self.samples.append((time.monotonic() - self._started, int(own.split()[1]) / 1024))

    def end(self) -> list[float]:
        """Return the MiB of all samples."""
        self._stop.set()
        return [mib for _, mib in self.samples]


def noting(kind: PoolOf, times: list[float]) -> PoolOf:
    """Return a kind of pool that notes when each paper was read."""

    def make(function: str, *, workers: int, seconds: float, memory_bytes: int) -> Any:
        pool = kind(function, workers=workers, seconds=seconds, memory_bytes=memory_bytes)
        plain = pool.map

        def noted(items: Iterable[Any]) -> Iterator[Outcome[Any]]:
            for outcome in plain(items):
                times.append(time.monotonic())
                yield outcome

        pool.map = noted  # type: ignore[method-assign]
        return pool

    return make


def measure(engine: str, folder: Path, workers: int) -> dict[str, Any]:
    """Add the papers of `folder` to a new workspace.

    The first paper of each worker is start-up: its process imports what reads papers.
    """
    times: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        workspace = Workspace.create(Path(place) / "workspace")
        workspace.settings.papers.ocr = False
        memory = Memory()
        pool = noting(RayPool if engine == "ray" else Sandbox, times)
        begun = time.monotonic()
        added = papers.add(workspace, [folder], workers=workers, pool=pool)
        ended = time.monotonic()
        workspace.close()
    mib = memory.end()
    third = max(1, len(mib) // 3)
    return {
        "papers": added.papers,
        "panels": added.panels,
        "failed": len(added.failed),
        "seconds": ended - begun,
        "start_up": times[workers - 1] - begun,
        "each": (ended - times[workers - 1]) / (len(times) - workers),
        "first_mib": median(mib[third : 2 * third] or mib),
        "last_mib": median(mib[-third:]),
        "most_mib": max(mib),
    }


def write_copies(originals: list[bytes], count: int, folder: Path) -> Path:
    """Write `count` papers, no two of the same bytes."""
    folder.mkdir()
    for number in range(count):
        data = originals[number % len(originals)]
        (folder / f"{number:05}.pdf").write_bytes(data + b"\n%% copy %d\n" % number)
    return folder


def main() -> int:
    """Return 0 where time grows no faster than the papers and memory stays."""
    count, workers = int(sys.argv[1]) if len(sys.argv) > 1 else 8, int(sys.argv[2]) if len(sys.argv) > 2 else 2
    fine = True
    with tempfile.TemporaryDirectory() as place:
        write_papers(Path(place) / "written", DIFFERENT)
        originals = [file.read_bytes() for file in sorted((Path(place) / "written").rglob("*.pdf"))]
        few = write_copies(originals, count, Path(place) / "few")
        many = write_copies(originals, TIMES * count, Path(place) / "many")
        print("engine  papers  panels  failed  start-up/s  all/s  s/paper  memory/MiB: middle  end  most", flush=True)
        for engine in ("local", "ray") if find_spec("ray") else ("local",):
            found = []
            for folder in (few, many, few):
                command = [sys.executable, __file__, "--measure", engine, str(folder), str(workers)]
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
                found.append(row := json.loads(done.stdout.splitlines()[-1]))
                print(
                    f"{engine:6}{row['papers']:8}{row['panels']:8}{row['failed']:8}{row['start_up']:12.1f}"
                    f"{row['seconds']:7.1f}{row['each']:9.3f}"
                    f"{row['first_mib']:20.0f}{row['last_mib']:5.0f}{row['most_mib']:6.0f}",
                    flush=True,
                )
            whole = found[1]["seconds"] / fmean([found[0]["seconds"], found[2]["seconds"]])
            ratio = TIMES * found[1]["each"] / fmean([found[0]["each"], found[2]["each"]])
            growth = found[1]["most_mib"] - max(found[0]["most_mib"], found[2]["most_mib"])
            print(
                f"{engine}: {TIMES} times the papers took {ratio:.2f} times the time, start-up apart "
                f"({whole:.2f} with it), and {growth:+.0f} MiB"
            )
            fine = fine and ratio <= LARGEST_RATIO and growth <= LARGEST_GROWTH_MIB
    return 0 if fine else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
    else:
        sys.exit(main())
