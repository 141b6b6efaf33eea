"""Whole papers in, readings out; what cannot be read is said in one sentence."""

import io
import json
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.papers.read import read_paper
from tests.conftest import noise_png
from tests.papers.written_pdf import LEFT, WrittenPdf


def blank_pdf(password: str = "", pages: int = 1) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    buffer = io.BytesIO()
    if password:
        pdf.save(buffer, encryption=pikepdf.Encryption(owner=password, user=password))
    else:
        pdf.save(buffer)
    return buffer.getvalue()


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (jpeg(), "JPEG image"),
        (noise_png(1), "PNG image"),
        (b"plain words", "not a PDF"),
        (blank_pdf(password="secret"), "encrypted"),
        (b"%PDF-1.7\nnothing follows", "damaged"),
        (blank_pdf(pages=0), "pages"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput, match=words) as refusal:
        read_paper(data)
    assert "\n" not in str(refusal.value)


def test_a_blank_page_is_a_paper_without_figures() -> None:
    reading = read_paper(blank_pdf(), ocr=False)
    assert (reading.pages, reading.figures) == (1, [])


@pytest.mark.real
@pytest.mark.parametrize("name", ["PMC4558530", "PMC7048421", "kintsugi_JES_2022_169_070512"])
def test_sem_panels_of_real_papers_carry_their_names(shared_data: Path, name: str) -> None:
    truth = json.loads((shared_data / "papers" / "truth.json").read_text(encoding="utf-8"))[name]["sem"]
    wanted = {(row["fig"], letter.lower()) for row in truth for letter in row["panels"] or [""]}
    reading = read_paper((shared_data / "papers" / f"{name}.pdf").read_bytes(), ocr=False)
    named = {(f.label, panel.label or "") for f in reading.figures for panel in f.panels if panel.kind == "sem"}
    assert named == wanted


@pytest.mark.real
@pytest.mark.parametrize("name", ["PMC7057695", "molecules21020183_SEM-means-standard-error"])
def test_papers_without_sem_give_no_sem_panel(shared_data: Path, name: str) -> None:
    reading = read_paper((shared_data / "papers_without_sem" / f"{name}.pdf").read_bytes(), ocr=False)
    assert not [panel for figure in reading.figures for panel in figure.panels if panel.kind == "sem"]


@pytest.mark.real
@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_truncated_paper_is_read_or_refused_in_one_sentence(shared_data: Path, share: float) -> None:
    data = (shared_data / "papers" / "PMC7067258.pdf").read_bytes()
    try:
        assert read_paper(data[: int(share * len(data))], ocr=False).pages > 0
    except UnreadableInput as refusal:
        assert "damaged" in str(refusal)


def test_a_list_of_the_supplement_s_captions_beside_other_words_is_no_figure() -> None:
    pdf = WrittenPdf().lines(50, 80, LEFT).text(50, 200, "Fig. S1. Crack lengths of all samples at a load of 10 N.")
    beside = ["Submitted 16 July 2019", "Revised 5 October 2019", "Accepted 6 December", "Published today"]
    pdf.lines(330, 180, [*beside, "10.5555/glass.7"], size=7)
    reading = read_paper(pdf.save(), ocr=False)
    assert reading.figures == []
    assert reading.doi == "10.5555/glass.7"
