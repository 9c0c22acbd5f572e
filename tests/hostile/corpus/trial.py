"""Tries every case of the corpus in a child of its own, which may use so much memory and time."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.hostile.corpus.case import Case, sound
from tests.hostile.corpus.cases import every
from workflow_server.content import bundle as bundles
from workflow_server.errors import WorkflowServerError
from workflow_server.services import deployments

#: Bytes of address space that a case may take beyond what the server has after its start.
MEMORY = 400 * 1024 * 1024
#: Seconds of CPU after which a case is killed.
SECONDS = 10


def main(names: list[str]) -> None:
    """Print one line of JSON for every case: what was told, how long it took, how much."""
    warm = deployments.check(bundles.from_files(sound()))
    print(json.dumps({"name": "sound", "faults": [list(_told(each)) for each in warm]}))
    for case in every():
        if not names or case.name in names:
            print(json.dumps(_tried(case), ensure_ascii=False), flush=True)


def _tried(case: Case) -> dict[str, Any]:
    made = case.make()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _limit()
        answer = json.dumps(_judged(made.files), ensure_ascii=False).encode("utf-8", "replace")
        with os.fdopen(writing, "wb") as stream:
            stream.write(answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        answer = stream.read()
    _, status = os.waitpid(child, 0)
    died = {"error": f"died of {_signal(status)}", "faults": [], "seconds": SECONDS, "bytes": 0}
    told = json.loads(answer) if answer else died
    return {"name": case.name, "place": made.place, "word": case.word, **told}


def _limit() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _judged(given: Mapping[str, bytes] | bytes) -> dict[str, Any]:
    before, began = _resident(), time.process_time()
    error, faults = "", []
    try:
        if isinstance(given, bytes):
            bundle = bundles.read_zip(given)
        else:
            bundle = bundles.from_files(sound() | given)
        faults = [_told(each) for each in deployments.check(bundle)]
    except WorkflowServerError as refused:
        faults = [_told(each) for each in refused.faults]
    except BaseException as broken:
        error = f"{type(broken).__name__}: {broken}"[:500]
    seconds = time.process_time() - began
    return {"faults": faults, "error": error, "seconds": seconds, "bytes": _resident() - before}


def _told(fault: Any) -> tuple[str, str]:
    return fault.pointer, fault.detail


def _resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _signal(status: int) -> str:
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "nothing"


def tried(lines: str) -> Iterator[dict[str, Any]]:
    """Read what `main` printed."""
    return (json.loads(line) for line in lines.splitlines())


if __name__ == "__main__":
    main(sys.argv[1:])
