"""The command line: results on stdout, progress and messages on stderr.

Exit codes: 0 done; 1 done, but with findings of severity `error`; 2 wrong usage or unreadable input;
3 refused, because it would break a rule that gridmap keeps.
"""

from __future__ import annotations

import click

from gridmap.cli import (
    asking,
    auditing,
    benching,
    counting,
    demo,
    keeping,
    loads,
    personal,
    placing,
    plan_files,
    planning,
    reporting,
    serving,
    torturing,
    users,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="gridmap")
def main() -> None:
    """Keep visible and true that every inch of land has someone in charge and every request an answer."""


for module in (
    asking, placing, counting, reporting, loads, planning, plan_files, demo, serving, users, auditing,
    personal, keeping, benching, torturing,
):  # fmt: skip
    for command in module.COMMANDS:
        main.add_command(command)
