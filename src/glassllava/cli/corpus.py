"""`corpus search`, `download`, `import`, `complete`, `split`, `check` and `map`: the collection."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, finish, note, opened, print_json, say, table
from glassllava.workspace import Workspace

app = typer.Typer(
    help="The collection: open papers, captioned image sets, metadata, the split by paper.", no_args_is_help=True
)


@app.command("import")
def import_set(
    path: Annotated[
        Path,
        typer.Argument(
            help="JSONL, CSV or Label Studio's JSON that names images with captions; or a folder of micrographs."
        ),
    ],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> int:
    """Import a captioned image set, or a folder of a laboratory's own micrographs with its notes."""
    from glassllava import corpus

    with opened(Workspace(workspace)) as here:
        imported = corpus.import_micrographs(here, path) if path.is_dir() else corpus.import_panels(here, path)
    if as_json:
        print_json(imported)
    else:
        say(f"{imported.panels} panels imported, {imported.known} known already, {len(imported.failed)} failed.")
    return finish(imported.failed)


@app.command()
def search(
    phrases: Annotated[list[str], typer.Argument(help="Words side by side; all phrases must be in title or abstract.")],
    since: Annotated[int | None, typer.Option("--from", min=1000, max=9999, help="First year of publication.")] = None,
    until: Annotated[int | None, typer.Option(min=1000, max=9999, help="Last year of publication.")] = None,
    publisher: Annotated[list[str] | None, typer.Option(help="Only this publisher's works; may be repeated.")] = None,
    licence: Annotated[
        list[str] | None,
        typer.Option(help="Only works under this licence, as cc-by, which are taken; may be repeated."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Works to list, the most relevant first.")] = 200,
    out: Annotated[Path | None, typer.Option(help="A new CSV file for the list; by default it is printed.")] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Find open papers through OpenAlex, where the workspace allows the network: a list to review."""
    from glassllava import corpus

    with opened(Workspace(workspace)) as here:
        found = corpus.search(
            here,
            phrases,
            since=since,
            until=until,
            publishers=publisher or (),
            licences=licence or (),
            most=most,
        )
    if out is not None:
        corpus.write_list(found.works, out)
    if as_json:
        print_json(found)
    elif out is None:
        print(corpus.list_text(found.works), end="")
    summary = (
        f"{found.found} works found, {found.listed} listed; {found.taken} are marked to be taken, "
        f"{found.known} are in the workspace already."
    )
    if not as_json:
        (note if out is None else say)(summary)


@app.command()
def download(
    file: Annotated[Path, typer.Argument(metavar="LIST.csv", help="A list of `corpus search`, reviewed.")],
    folder: Annotated[Path, typer.Argument(help="Where the PDFs and their terms.csv go.")],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> int:
    """Download the papers that a reviewed list takes, politely, where the workspace allows the network."""
    from glassllava import corpus

    with opened(Workspace(workspace)) as here:
        done = corpus.download(here, file, folder)
    if as_json:
        print_json(done)
    else:
        say(
            f"{done.downloaded} of {done.taken} papers downloaded, {done.known} were there, {len(done.failed)} failed. "
            f"Next: glassllava papers add {folder}"
        )
    return finish(done.failed)


@app.command()
def complete(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> int:
    """Complete the papers' metadata from Crossref and OpenAlex, where the workspace allows the network."""
    from glassllava import corpus

    with opened(Workspace(workspace)) as here:
        done = corpus.complete(here)
    if as_json:
        print_json(done)
    else:
        filled = ", ".join(f"{field.replace('_', ' ')} of {n}" for field, n in done.filled.items())
        say(
            f"{done.papers} papers: {done.asked} requests sent, {done.stored} answers known already, "
            f"{len(done.not_found)} papers not found, {len(done.failed)} failed. Filled: {filled or 'nothing'}."
        )
        for file, asked in done.not_found:
            say(f"not found: {file}: {asked}")
        for other in done.differences:
            say(f"differs: {other.file}: {other.field}: the paper has {other.paper!r}, {other.service} {other.value!r}")
    return finish(done.failed)


@app.command()
def split(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> int:
    """Divide the papers into training and evaluation, alike ones together; a paper keeps its side for ever."""
    from glassllava import corpus

    with opened(Workspace(workspace)) as here:
        divided = corpus.split(here)
    if as_json:
        print_json(divided)
    else:
        say(
            f"training: {divided.training_papers} papers, {divided.training_panels} panels; "
            f"evaluation: {divided.evaluation_papers} papers, {divided.evaluation_panels} panels."
        )
        if divided.joined:
            say(f"{divided.joined} papers are alike to another one, and on its side: see `glassllava corpus check`.")
        if divided.left_out_panels:
            say(f"{divided.left_out_panels} training panels are left out, since evaluation has their picture or text.")
    return finish(divided.failed)


@app.command()
def check(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> int:
    """Find what papers share (pictures, passages, titles), and leave out of training what evaluation has too."""
    from glassllava import corpus

    with opened(Workspace(workspace)) as here:
        found = corpus.check(here)
    if as_json:
        print_json(found)
        return finish(found.failed)
    for pair in found.pairs:
        ends = [f"{panel} of {paper}" for panel, paper in zip(pair.panels or ("", ""), pair.papers, strict=True)]
        what = f"{' and '.join(end.removeprefix(' of ') for end in ends)}: {pair.follows}"
        say(f"{pair.kind} ({pair.similarity:.2f}): {what}" + (f": {pair.text}" if pair.text else ""))
    say(
        f"{found.papers} papers and {found.panels} panels compared; pairs that are alike: {len(found.pairs)}; "
        f"panels left out of training: {found.left_out_panels}."
    )
    return finish(found.failed)


@app.command("map")
def map_papers(
    clusters: Annotated[
        int, typer.Option(min=2, max=8, help="Groups of papers, as many as there are colours at most.")
    ] = 5,
    out: Annotated[Path | None, typer.Option(help="Draw the map into this .png or .svg file.")] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Map the papers by what they speak of: embeddings, t-SNE, K-means, titles of the clusters."""
    from glassllava import corpus, report

    if out is not None:
        report.picture_form(out)
    with opened(Workspace(workspace)) as here:
        mapped = corpus.map_papers(here, clusters)
    if out is not None:
        report.save_map(mapped, out)
    if as_json:
        print_json(mapped)
        return
    columns = ("cluster", "title", "papers", "training", "evaluation")
    table(columns, [(c.cluster, c.title, c.papers, c.training, c.evaluation) for c in mapped.clusters])
    apart = "" if mapped.silhouette is None else f", mean silhouette {mapped.silhouette:.2f}"
    say(f"{len(mapped.papers)} papers in {len(mapped.clusters)} clusters{apart}." + (f" Drawn: {out}" if out else ""))
