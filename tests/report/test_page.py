"""The report's folder: the page, its figures and its pictures."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from glassllava.records import Paper
from glassllava.report import write
from glassllava.workspace import Workspace, content_id
from tests.report import planted

FIGURES = {
    "figure-2",
    "figure-3",
    "figure-4",
    "figure-5",
    "figure-6",
    "figure-s1",
    "figure-s2",
    "control-1",
    "control-2",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = Workspace.create(tmp_path_factory.mktemp("report") / "glasses")
    planted.fill(workspace, 3, 5)
    summary = write(workspace)
    assert summary["missing"] == {}
    assert summary["items"] == 20
    return workspace.path / "report"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [value for name, value in attrs if name in {"src", "href", "srcset", "data", "action"} and value]


def links(report: Path) -> _Links:
    parser = _Links()
    parser.feed((report / "index.html").read_text(encoding="utf-8"))
    return parser


def test_every_figure_is_there_as_svg_as_png_and_in_the_page(report: Path) -> None:
    assert {file.stem for file in (report / "figures").glob("*.svg")} == FIGURES
    assert {file.stem for file in (report / "figures").glob("*.png")} == FIGURES
    page = (report / "index.html").read_text(encoding="utf-8")
    assert page.count("<svg ") == len(FIGURES)
    for key in FIGURES:
        assert f'<figure id="{key}"' in page


def test_the_page_loads_nothing_from_outside_its_folder(report: Path) -> None:
    for link in links(report).found:
        assert link.startswith("#") or (report / link).is_file(), link
    page = (report / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"url\((?!#)", page)
    assert "@import" not in page


def test_what_models_and_papers_write_is_never_markup(report: Path) -> None:
    assert "script" not in links(report).tags
    page = (report / "index.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "A &lt;crack&gt; runs through it &amp; ends." in page


def test_published_numbers_stand_where_the_text_prints_them(report: Path) -> None:
    page = (report / "index.html").read_text(encoding="utf-8")
    for number in ("68.84", "92.56", "2.35", "3.58", "18.5 %", "4,291"):
        assert number in page


def test_caveats_scale_bars_and_quotes_are_on_the_page(report: Path) -> None:
    page = (report / "index.html").read_text(encoding="utf-8")
    for words in ("embedded judge", "out of its depth", "No person has reviewed", "uncalibrated", "500 nm", "page 4"):
        assert words in page
    assert "embedded judge without a language model" in (report / "figures" / "figure-4.svg").read_text(
        encoding="utf-8"
    )


def test_from_five_papers_on_levels_are_joined_and_below_they_are_bare_points(
    report: Path, workspace: Workspace
) -> None:
    planted.fill(workspace, 1, 2, categories=("General", "Defect and Fracture"))
    write(workspace)
    few = workspace.path / "report"
    for key in ("figure-6", "control-1", "control-2"):
        assert curves(report, key) > 0
        assert curves(few, key) == 0, key
    page = (few / "index.html").read_text(encoding="utf-8")
    assert page.count("2 papers: no interval, may be chance") == 3
    assert "may be chance; so" not in (report / "index.html").read_text(encoding="utf-8")


def curves(report: Path, key: str) -> int:
    """Count drawn paths of at least four corners without filling that are neither axes, grid nor marks."""
    svg = (report / "figures" / f"{key}.svg").read_text(encoding="utf-8")
    return len(re.findall(r'<path d="M [\d. -]+\n(?:L [\d. -]+\n){3}" clip-path', svg))


def test_a_second_report_has_the_same_results_and_figures(report: Path, tmp_path: Path) -> None:
    write(Workspace(report.parent), tmp_path / "again")
    for name in ("results.json", "figures/figure-3.svg", "figures/control-2.svg", "figures/figure-s1.svg"):
        assert (tmp_path / "again" / name).read_bytes() == (report / name).read_bytes(), name


def test_without_papers_or_panels_one_sentence_says_so_and_nothing_is_drawn(workspace: Workspace) -> None:
    with workspace.writing() as session:
        for number in range(5):
            session.merge(Paper(id=content_id(b"%d" % number), file=f"{number}.pdf", state="ok", split="training"))
    summary = write(workspace)
    sentence = "No SEM panel was found in 5 papers read, so nothing was asked or measured."
    report = workspace.path / "report"
    page = (report / "index.html").read_text(encoding="utf-8")
    results = json.loads((report / "results.json").read_text(encoding="utf-8"))
    assert summary["remarks"] == results["remarks"] == [sentence]
    assert page.count(sentence) == 1
    assert "<figure" not in page and "<svg" not in page
    assert list((report / "figures").iterdir()) == []
    assert results["quality"]["real"]["none"]["mean"] is None
    assert results["panels"]["accepted"] == 0


def test_without_judgements_each_figure_of_scores_says_so_instead_of_being_empty(workspace: Workspace) -> None:
    planted.add_papers(workspace, 1, 1)
    planted.add_questions(workspace, ("General",))
    planted.add_answers(workspace, lambda cell: ("ok", {}), checkpoint=planted.add_checkpoint(workspace))
    summary = write(workspace)
    assert summary["figures"] == ["Figure 2"]
    assert set(summary["missing"]) == {
        "Figure 3", "Figure 4", "Figure 5", "Figure 6", "Figure S1", "Figure S2", "Control 1", "Control 2"
    }  # fmt: skip
    assert "Not judged." in (workspace.path / "report" / "index.html").read_text(encoding="utf-8")


def test_a_missing_image_costs_its_picture_only(workspace: Workspace) -> None:
    planted.fill(workspace, 0, 1, categories=("General",))
    for panel in workspace.panels():
        workspace.images.path(panel.image).unlink()
    assert write(workspace)["items"] > 0
    assert "The image file is missing" in (workspace.path / "report" / "index.html").read_text(encoding="utf-8")


def test_figures_of_an_earlier_report_do_not_stay(workspace: Workspace) -> None:
    stale = workspace.path / "report" / "figures" / "figure-3.svg"
    stale.parent.mkdir(parents=True)
    stale.write_text("<svg/>")
    write(workspace)
    assert not stale.exists()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs the chromium browser")
def test_a_real_browser_shows_the_moved_page_with_every_picture(report: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(report, tmp_path / "moved & renamed")
    count = "document.title = [...document.images].filter(i => i.complete && i.naturalWidth).length"
    page = (moved / "index.html").read_text(encoding="utf-8")
    page = page.replace("</body>", f"<script>window.onload = () => {{ {count} }}</script></body>")
    (moved / "probe.html").write_text(page, encoding="utf-8")
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--dump-dom",
    ]
    shown = subprocess.run(
        ["chromium", *flags, f"--user-data-dir={tmp_path / 'profile'}", (moved / "probe.html").as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert "<title>20</title>" in shown


def test_papers_that_cannot_be_read_are_listed_with_their_reason(workspace: Workspace) -> None:
    with workspace.writing() as session:
        session.merge(Paper(id=content_id(b"x"), file="x.pdf", state="error", reason="it is encrypted"))
    assert write(workspace)["remarks"] == ["The only paper failed to be read, so there is nothing to report."]
    assert "it is encrypted" in (workspace.path / "report" / "index.html").read_text(encoding="utf-8")
