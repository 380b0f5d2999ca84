"""Begins a run: ``python -m tsfix`` and the program ``tsfix``. Ctrl+C is answered from the very first import on."""

from __future__ import annotations


def main() -> None:
    """Run the command line. Ends the process with the exit code of the command, with 130 after Ctrl+C."""
    try:
        from tsfix.cycles import leave_the_rest, search_seldom

        search_seldom()
        from tsfix.cli import main as run

        try:
            run()
        finally:
            leave_the_rest()
    except KeyboardInterrupt:
        # It came while modules were imported, or after the command had ended: no file was being written.
        import os
        import sys
        from contextlib import suppress

        from tsfix import STOPPED

        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(f"\n{STOPPED}\n")
            sys.stderr.flush()
        # Half-imported modules and buffers would only complain on the way out.
        os._exit(130)


if __name__ == "__main__":
    main()
