"""The command `workflow-server`, which loads the house with the garbage collector at rest."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line.

    What loading makes stays to the end: to walk it again and again while it grows takes a
    quarter of the start, and walked later, in a process that was forked, it would be copied.
    """
    gc.disable()
    from workflow_server import app

    gc.freeze()
    gc.enable()
    app.main()


if __name__ == "__main__":
    main()
