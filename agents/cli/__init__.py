"""The command line: `dyadwatch COMMAND`. Data on standard output, messages and progress on standard error."""
from __future__ import annotations


def main() -> None:
    """Run the command that the process was started with, and exit with its code (`agents.cli.exits`)."""
    from agents.cli.app import app

    app()
