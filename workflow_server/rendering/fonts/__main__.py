"""Command line: `python -m workflow_server.rendering.fonts build --out DIR`."""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path

from workflow_server.errors import WorkflowServerError


def main(arguments: list[str] | None = None) -> int:
    """Build the fonts, or say why it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m workflow_server.rendering.fonts")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("build", help="生成文书字体（已生成则立即返回）")
    command.add_argument("--out", type=Path, required=True, help="字体目录")
    command.add_argument("--packages", type=Path, help="软件包目录，默认为 OUT/packages")
    options = parser.parse_args(arguments)
    from workflow_server.rendering.fonts.build import build

    report = functools.partial(print, flush=True)
    try:
        made = build(options.out, packages=options.packages, report=report)
    except WorkflowServerError as error:
        print(error.message, file=sys.stderr)
        return 1
    if not made:
        report(f"字体已就绪：{options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
