"""How fast documents are rendered: one warm process, and two side by side.

`python -m benchmarks documents` prints one JSON object a line. The document is a two-page
letter in GB/T 9704 layout with seal, a rare name and two kinds of headings, as PDF/A-3b with
its data attached, rendered through the pool as the server does it.
"""

from __future__ import annotations

import statistics
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.report import report
from workflow_server.rendering.documents import Options, TemplateSource
from workflow_server.rendering.pool import RenderPool

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 60
SECONDS = 10

TEMPLATE = """{% extends "base/letter.html" %}{% import "base/parts.html" as parts %}
{% block title %}关于移送线索的函{% endblock %}
{% block body %}{{ parts.heading("基本情况", 1, 1) }}{{ parts.text(d.facts) }}
{{ parts.heading("有关要求", 1, 2) }}{{ parts.heading("办理期限", 2, 1) }}
{{ parts.text(d.request) }}{% endblock %}"""
FACTS = (
    "工作中发现，某某街道多处农贸市场周边道路盲道被占用、路侧消防通道堵塞，存在损害社会公共利益的情形。"
    "2026年3月12日至4月18日，某某代表王𬭎等26人先后提出意见，群众通过“12345”热线反映37件次，不符合"
    "《建筑设计防火规范》（GB 50016—2014）的要求，均未得到根本解决。"
)
DATA: dict[str, Any] = {
    "organisation": {"name": "某某市某某区人民代表大会常务委员会"},
    "number": "某人大函〔2026〕3号",
    "recipient": "某某市某某区某某单位",
    "issued_on": "2026-11-22",
    "seal": True,
    "facts": "\n".join([FACTS] * 4),
    "request": "请自收到本函之日起依法办理，并书面反馈。联系人：李㛃，电话：0572—1234567。",
    "enclosures": ["建议原件", "证据材料清单"],
}
OPTIONS = Options(
    created=datetime(2026, 11, 22, tzinfo=UTC), title="函", author="某某", attachment=DATA
)


def main() -> None:
    """Measure and print."""
    source = _source()
    with RenderPool(workers=2) as pool:
        began = time.perf_counter()
        made = pool.render(source, DATA, OPTIONS)
        first = (time.perf_counter() - began) * 1000
        assert made.pages == 2, made.pages
        warm = _warm(pool, source)
        rate = _rate(pool, source, 2)
    report("documents.first_ms", first, "ms", "<= 2500")
    report("documents.warm_ms", warm, "ms", "<= 70")
    report("documents.per_s", rate, "1/s", ">= 26")
    report("documents.bytes", len(made.pdf), "B", "<= 160000")


def _source() -> TemplateSource:
    base = ROOT / "documents" / "base"
    files = {f"base/{path.name}": path.read_bytes() for path in sorted(base.iterdir())}
    return TemplateSource("benchmark", {**files, "template.html": TEMPLATE.encode()})


def _warm(pool: RenderPool, source: TemplateSource) -> float:
    """Return the median of single documents, one after another."""
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        pool.render(source, DATA, OPTIONS)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[5:])


def _rate(pool: RenderPool, source: TemplateSource, threads: int) -> float:
    """Return documents per second with `threads` callers and as many processes."""
    counts = [0] * threads
    ready = threading.Barrier(threads + 1)
    stop = threading.Event()

    def work(place: int) -> None:
        for _ in range(5):
            pool.render(source, DATA, OPTIONS)
        ready.wait()
        while not stop.is_set():
            pool.render(source, DATA, OPTIONS)
            counts[place] += 1

    workers = [threading.Thread(target=work, args=(place,)) for place in range(threads)]
    for worker in workers:
        worker.start()
    ready.wait()
    began = time.perf_counter()
    time.sleep(SECONDS)
    done, taken = sum(counts), time.perf_counter() - began
    stop.set()
    for worker in workers:
        worker.join()
    return done / taken


if __name__ == "__main__":
    main()
