"""The child that renders: reads jobs from its standard input, answers on its standard output.

Runs as `python -m workflow_server.rendering.worker MEGABYTES`. It ends when its parent does,
when a job takes too long, and when its memory is used up.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any, NoReturn

from workflow_server.errors import WorkflowServerError
from workflow_server.rendering.documents import render
from workflow_server.rendering.sources import ENTRY, Options, TemplateSource, failed

#: Exit code for a memory that is used up; the pool reads it.
EXIT_MEMORY = 77
#: Every message is JSON with its length in front.
HEADER = struct.Struct("!I")
#: How much longer than its time a job may burn the processor before the kernel ends the
#: child: for a parent that is gone, and code that no Python exception can stop.
_GRACE_SECONDS = 5


class TimeUp(BaseException):
    """The time of a job is over; no `except Exception` of a library may swallow it."""


def pack_job(
    source: TemplateSource, data: Mapping[str, Any], options: Options, seconds: float
) -> bytes:
    """Write a job as plain JSON: neither side ever unpickles anything."""
    job = {
        "key": source.key,
        "files": {path: base64.b64encode(body).decode() for path, body in source.files.items()},
        "data": data,
        "seconds": seconds,
        "options": {
            "created": options.created.isoformat(),
            "title": options.title,
            "author": options.author,
            "attachment": options.attachment,
            "variant": options.variant,
        },
    }
    return json.dumps(job, ensure_ascii=False).encode()


def _read_job(stream: IO[bytes]) -> dict[str, Any] | None:
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    job: dict[str, Any] = json.loads(stream.read(HEADER.unpack(header)[0]))
    return job


def _write_answer(stream: IO[bytes], message: dict[str, Any]) -> None:
    body = json.dumps(message, ensure_ascii=False).encode()
    stream.write(HEADER.pack(len(body)) + body)
    stream.flush()


def _perform(job: dict[str, Any]) -> dict[str, Any]:
    files = {path: base64.b64decode(body) for path, body in job["files"].items()}
    options = {**job["options"], "created": datetime.fromisoformat(job["options"]["created"])}
    _limit_time(job["seconds"])
    try:
        made = render(TemplateSource(job["key"], files), job["data"], Options(**options))
    except WorkflowServerError as error:
        return _failure(error)
    except TimeUp as error:
        from workflow_server.rendering.templates import place

        return {"late": place(error, files)}
    except MemoryError:
        raise
    except Exception as error:
        return _failure(failed(job["key"], ENTRY, None, f"{type(error).__name__}: {error}"))
    finally:
        _limit_time(0)
    return {"pdf": base64.b64encode(made.pdf).decode(), "pages": made.pages}


def _failure(error: WorkflowServerError) -> dict[str, Any]:
    faults = [[fault.pointer, fault.detail] for fault in error.faults]
    return {"failed": error.message, "faults": faults}


def _limit_time(seconds: float) -> None:
    """Raise TimeUp after `seconds`; end the process when even that does not stop it."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_PROF, seconds + _GRACE_SECONDS if seconds else 0)


def _time_up(*_: object) -> NoReturn:
    raise TimeUp


def main(megabytes: int) -> int:
    """Answer jobs until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not land between the answers.
    os.dup2(2, 1)
    from workflow_server.rendering import pages  # noqa: F401  (the slow import, before "ready")

    signal.signal(signal.SIGALRM, _time_up)
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    _write_answer(answers, {"ready": True})
    while (job := _read_job(sys.stdin.buffer)) is not None:
        try:
            answer = _perform(job)
        except MemoryError:
            return EXIT_MEMORY
        _write_answer(answers, answer)
        if "late" in answer:
            break
    return 0


if __name__ == "__main__":
    # Nothing is left to tidy, and a full memory may not allow it.
    os._exit(main(int(sys.argv[1])))
