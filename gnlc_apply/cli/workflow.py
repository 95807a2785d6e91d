"""``gnlc workflow``: the lives of applications, calls, calibration rounds and cohorts as Markdown with Mermaid diagrams."""

from __future__ import annotations

import click

from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.calibration import CALIBRATION
from gnlc_apply.workflow.call import CALL
from gnlc_apply.workflow.cohort import COHORT
from gnlc_apply.workflow.transition import Life, Transition

HEAD = """# The workflow

Made by `gnlc workflow > docs/workflow.md` from the declarations in `gnlc_apply/workflow/`. Do not edit.
A guard is named by the function that decides; a mail by the template that is sent.
"""


def _targets(transition: Transition) -> tuple[str, ...]:
    return (transition.target,) if transition.target else ("the state it left",)


def _diagram(life: Life) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    for transition in life.transitions:
        for source in transition.sources:
            target = transition.target or "[where it came from]".strip("[]").replace(" ", "_")
            lines.append(f"    {source} --> {target}: {transition.name}")
    return [*lines, "```"]


def _table(life: Life) -> list[str]:
    lines = ["| transition | from | to | who | guards | mails | reason |", "|---|---|---|---|---|---|---|"]
    for t in life.transitions:
        guards = ", ".join(f"`{guard.__name__.lstrip('_')}`" for guard in t.guards)
        mails = ", ".join(f"`{mail}`" for mail in t.mails)
        cells = (
            f"`{t.name}` ({t.label})",
            ", ".join(t.sources),
            ", ".join(_targets(t)),
            f"`{t.permission.value}`",
            guards,
            mails,
            "yes" if t.needs_reason else "",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _states(life: Life) -> list[str]:
    lines = ["| state | for the secretariat | for everybody else |", "|---|---|---|"]
    return lines + [f"| {state} | {inside} | {outside} |" for state, (inside, outside) in life.labels.items()]


def as_markdown() -> str:
    """The whole document."""
    parts = [HEAD]
    for life in (APPLICATION, CALL, CALIBRATION, COHORT):
        parts += [f"\n## {life.noun.capitalize()}\n", *_diagram(life), "", *_states(life), "", *_table(life)]
    return "\n".join(parts) + "\n"


@click.command()
def workflow() -> None:
    """Print the workflow as Markdown."""
    click.echo(as_markdown(), nl=False)
