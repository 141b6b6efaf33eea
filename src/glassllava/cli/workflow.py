"""`init`, `status`, `run` and `demo`: a workspace, what is in it, the whole workflow on papers of one's own or made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, bar, finish, opened, print_json, say, table
from glassllava.domains import load_domain, load_prompts, pack_name
from glassllava.errors import WorkspaceError
from glassllava.settings import FILE_NAME, AcceptanceSettings
from glassllava.workspace import Status, Workspace

DEFAULT_WORKSPACE = Path("glassllava-workspace")


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the command line."""
    app.command()(init)
    app.command()(status)
    app.command()(run)
    app.command()(demo)


def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    domain: Annotated[
        str, typer.Option(help="Domain pack: what to ask of a kind of image; a name, or a folder.")
    ] = "glass-sem",
    as_json: JsonOption = False,
) -> None:
    """Make a new workspace."""
    pack = load_domain(domain)
    load_prompts(domain)
    named = pack_name(domain)
    kinds = None if list(pack.image.kinds) == list(AcceptanceSettings().kinds) else pack.image.kinds
    present = (folder / FILE_NAME).is_file()
    workspace = Workspace.create(folder, named, kinds)
    workspace.close()
    chosen = workspace.settings.domain
    if chosen != named:
        raise WorkspaceError(
            f"{folder} is a workspace already, of the domain '{chosen}'; its settings name the domain."
        )
    if as_json:
        print_json({"workspace": str(folder), "domain": chosen})
    elif present:
        say(f"{folder} is a workspace already. Next: {workspace.status().next}")
    else:
        say(f"{folder} is a workspace now. Next: glassllava papers add PDF_DIR -w {folder}")


def status(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Tell what is in the workspace, what is missing, what failed and what to run next."""
    with opened(Workspace(workspace), quiet=True) as here:
        found = here.status()
    if as_json:
        print_json(found)
        return
    say(f"{found.workspace}: domain {found.domain}, acceptance by {found.policy}")
    table(("what", "number"), [(name.replace("_", " "), number) for name, number in found.counts.items()])
    if found.reviewed_share is not None:
        say(f"A person reviewed {found.reviewed_share:.0%} of the accepted panels.")
    for name, states in (("answers", found.answers), ("judgements", found.judgements)):
        if states:
            say(f"{name}: " + ", ".join(f"{number} {state}" for state, number in sorted(states.items())))
    if found.runs:
        table(("last run of", "state", "done", "of"), [(r.stage, r.state, r.done, r.total) for r in found.runs])
    for failure in found.failures:
        say(f"failed: {failure.stage}: {failure.target}: {failure.reason}")
    for lacking in found.missing:
        say(f"missing: {lacking}")
    say(f"next: {found.next}")


def run(
    pdf_dir: Annotated[Path, typer.Argument(help="A folder of PDF papers.")],
    workspace: Annotated[
        Path | None,
        typer.Option(
            "-w",
            "--workspace",
            help=f"The workspace, made if it is new; by default the folder one stands in if it is one, "
            f"else ./{DEFAULT_WORKSPACE}.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Do the whole workflow on a folder of papers, to a report; what is finished is not done again."""
    from glassllava import papers

    papers.find_pdfs([pdf_dir])
    folder = workspace or (Path() if (Path() / FILE_NAME).is_file() else DEFAULT_WORKSPACE)
    with opened(Workspace.create(folder)) as here:
        figures, failed = _run_stages(here, pdf_dir)
        status = here.status()
    if as_json:
        print_json(figures)
    else:
        _summary(status, figures)
    return finish(failed)


DEMO_FOLDER = Path("glassllava-demo")

DEMO_PAPERS = 32
"""Eight of them are kept for evaluation, which bears intervals; 24 are trained on."""

DEMO_SETTINGS = """
# The demo: fewer pairs a panel than a study would have, so that it ends in minutes, and more papers kept for
# evaluation, so that its figures have intervals; the seed is the least that puts scenes of all three families that the
# base model never saw among them.
[split]
evaluation_share = 0.25
seed = 4

[questions]
per_panel = 4
"""


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the workspace is made.")] = DEMO_FOLDER,
    papers: Annotated[int, typer.Option(min=2, help="Synthetic papers to write.")] = DEMO_PAPERS,
    as_json: JsonOption = False,
) -> int:
    """Do the whole workflow on synthetic papers whose truth is known, to a report; a stopped one goes on."""
    from glassllava.synthetic.corpus import write_papers

    workspace = _demo_workspace(folder)
    with bar() as told:
        write_papers(folder / "synthetic-papers", papers, say=told)
    with opened(workspace) as here:
        figures, failed = _run_stages(here, folder / "synthetic-papers")
        status = here.status()
        measured = _measured_table(here, figures)
    if as_json:
        print_json(figures)
        return finish(failed)
    _summary(status, figures)
    if measured:
        say("")
        say("Against the scenes' own truth (synthetic images, no context; 0.50 is chance for defects):")
        heads = ("defects told", "with a blank image", "what is shown, known families", "with a blank image", "unknown")
        table(("", *heads), measured)
    say("")
    say("Next, with your own papers:")
    say("  glassllava run PDF_DIR -w my-workspace")
    say(f"Or look closer:  glassllava status -w {folder};  glassllava questions list -w {folder}")
    say(f"Ask about an image:  glassllava ask IMAGE 'Are any cracks visible?' -w {folder}")
    return finish(failed)


def _demo_workspace(folder: Path) -> Workspace:
    """Open the demo's workspace, made with the demo's settings where it is new or was stopped while it was made."""
    workspace = Workspace.create(folder)
    papers = workspace.papers()
    if any(not paper.synthetic for paper in papers):
        workspace.close()
        raise WorkspaceError(f"{folder} holds papers of your own; name another folder for the demo.")
    settings = folder / FILE_NAME
    text = settings.read_text(encoding="utf-8")
    if papers or DEMO_SETTINGS in text:
        return workspace
    workspace.close()
    part = settings.with_name(f".{FILE_NAME}.part")
    part.write_text(text + DEMO_SETTINGS, encoding="utf-8")
    part.replace(settings)
    return Workspace(folder)


def _measured_table(here: Workspace, figures: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return a row for each model: what it tells rightly of the scenes, with the real and with a blank image."""
    results = json.loads(Path(figures["report"]["results"]).read_text(encoding="utf-8"))
    truths = {results["model"]["name"]: results["truth"]} if results.get("model") and results.get("truth") else {}
    truths |= {name: other["truth"] for name, other in results["compared"].items() if other.get("truth")}

    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    rows: list[tuple[str, ...]] = []
    for name in dict.fromkeys(n for n in (*here.settings.evaluation.models, *truths) if n in truths):
        real, blank = truths[name]["real"]["none"], truths[name]["blank"]["none"]
        structures = [
            cell["by_known"][scenes]["structure"]["accuracy"]
            for scenes, cell in (("known", real), ("known", blank), ("unknown", real))
        ]
        told = (real["balanced_accuracy"], blank["balanced_accuracy"], *structures)
        rows.append((name, *map(shown, told)))
    return rows


def _run_stages(here: Workspace, pdf_dir: Path) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    from glassllava import answers, corpus, evaluation, models, papers, questions, report

    figures: dict[str, Any] = {}
    added = papers.add(here, [pdf_dir])
    failed = list(added.failed) + corpus.record_terms(here, [pdf_dir])
    figures["papers"] = added
    figures["truth"] = corpus.record_truth(here, pdf_dir)
    if any(panel.accepted for panel in here.panels()):
        figures["split"] = corpus.split(here)
        failed += figures["split"].failed
        figures["questions"] = questions.generate(here)
        figures["contexts"] = questions.contexts(here)
        figures["leakage"] = corpus.check(here)  # the pairs' answers too, before anything is trained on
        if any(question.accepted and question.split == "training" for question in here.questions()):
            figures["training"] = models.train(here, models.load_recipe(here.settings.recipe))
            failed += figures["training"]["left_out"]
        figures["plan"] = evaluation.plan(here)
        figures["answers"] = answers.fill(here)
        failed += figures["answers"]["failed"]
        figures["judgements"] = evaluation.judge(here)
    figures["report"] = report.write(here)
    return figures, failed


def _summary(here: Status, figures: dict[str, Any]) -> None:
    counts = here.counts
    training = counts["questions_accepted"] - counts["questions_evaluation"]
    say(
        f"{counts['papers']} papers: {counts['panels_accepted']} SEM panels, {counts['questions_accepted']} "
        f"question-answer pairs ({training} to train on, {counts['questions_evaluation']} to measure with)."
    )
    for remark in figures["report"]["remarks"]:
        say(f"- {remark}")
    say(f"The report: {figures['report']['page']}")
