"""The words of a synthetic paper: abstract, methods, results, discussion, captions, citations.

In: a `Story`. Out: a `Manuscript` to be typeset, and every citing sentence with what it cites. Each sentence about an
image is one of its `Statements`, so it is true of it; which panels a sentence cites is known because it was written so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from glassllava.synthetic.citing import Cited, cited
from glassllava.synthetic.statements import count_in_words, phases_of_all, wording
from glassllava.synthetic.story import FigurePlan, Part, Story
from glassllava.synthetic.typesetting import FigureArt, LetterPlace, LetterStyle, Manuscript, PanelArt, Section

DOI_PREFIX = "10.5555"
"""Reserved for examples: no such DOI is ever registered."""

_GIVEN = (
    "Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hanae", "Ivo", "Jana", "Kofi", "Lena", "Mateo",
    "Nadia", "Olu", "Petra", "Quentin", "Rosa", "Sven", "Tomoko", "Ursula", "Viktor", "Wanda", "Yusuf",
)  # fmt: skip
_FAMILY = (
    "Adler", "Bergmann", "Castellan", "Drummond", "Eriksen", "Fontaine", "Grabowski", "Hollis", "Ishikawa", "Jansen",
    "Kowalczyk", "Lindqvist", "Moreau", "Novotny", "Okafor", "Pereira", "Quist", "Rossini", "Sandoval", "Tanaka",
    "Ueda", "Vasquez", "Weber", "Zimmer",
)  # fmt: skip
_JOURNALS = ("Journal of Virtual Glass Science", "Synthetic Micrographs Letters", "Annals of Simulated Ceramics")
_PLACES = ("Institute for Imagined Materials", "Department of Virtual Microscopy", "Laboratory of Synthetic Glass")


@dataclass(frozen=True, slots=True)
class Citing:
    """A sentence that cites a figure or some of its panels; one that cites two figures is there twice."""

    figure: str
    """The one name of the figure, however it is printed: "2", "S1"."""
    panels: tuple[str, ...]
    """Empty where the figure is cited as a whole."""
    supplementary: bool
    """Whether the figure stands in the supplement, which is another file."""
    text: str


@dataclass
class _Writer:
    story: Story
    citing: list[Citing] = field(default_factory=list)

    @property
    def rng(self) -> np.random.Generator:
        return self.story.rng

    def one(self, *forms: str) -> str:
        return forms[int(self.rng.integers(len(forms)))]

    def cite(self, sentence: str, *figures: Cited) -> str:
        """Return the sentence with its citation, and note what it cites."""
        manner = self.story.manner
        text = cited(self.rng, sentence, manner.cite(*figures))
        self.citing += [Citing(manner.name(one), one.labels, one.supplementary, text) for one in figures]
        return text


def write(story: Story) -> tuple[Manuscript, list[Citing]]:
    """Write a paper.

    Returns
    -------
    tuple
        The manuscript, and its citing sentences in the order of the text.
    """
    writer = _Writer(story)
    sections = (
        _introduction(writer),
        _methods(writer),
        _results(writer),
        _discussion(writer),
        _conclusions(writer),
    )
    material = story.material
    first, second = (theme.lower() for theme in story.themes)
    rng = np.random.default_rng([story.number, 0xA07])
    authors = tuple(
        f"{_GIVEN[int(g)]} {_FAMILY[int(f)]}"
        for g, f in zip(
            rng.choice(len(_GIVEN), 2 + story.number % 3, replace=False),
            rng.choice(len(_FAMILY), 2 + story.number % 3, replace=False),
            strict=True,
        )
    )
    influences = [str(wording()["families"][family]["varies"]["influence"]) for family in story.families]
    title = (
        f"{story.themes[0]} and {second} in {material.name}",
        f"{story.themes[0]} in {material.name}, with a note on {second}",
        f"Influence of {influences[0]} and {influences[1]} on {material.name}: {first} and {second}",
        f"A microscopic study of {first} and {second} in {material.name}",
        f"How {influences[0]} and {influences[1]} change {material.name}",
    )[story.number % 5]
    return (
        Manuscript(
            title=title,
            authors=authors,
            affiliation=f"{_PLACES[story.number % len(_PLACES)]}, University of Nowhere",
            year=2015 + story.number % 11,
            journal=_JOURNALS[story.number % len(_JOURNALS)],
            doi=f"{DOI_PREFIX}/glassllava.{story.number:04d}",
            abstract=_abstract(story),
            keywords=("synthetic", material.name, first, second, "scanning electron microscopy"),
            sections=sections,
            layout=story.layout,
            seed=story.number,
        ),
        writer.citing,
    )


def _abstract(story: Story) -> str:
    glass, (first, second) = _capital(story.material.with_article), (theme.lower() for theme in story.themes)
    one, other = (_compared(family) for family in story.families)
    return (
        f"{glass} ({_indexed(story.material.oxides)}) was prepared by melting. It was examined by scanning "
        f"electron microscopy (SEM) with regard to {first} and {second}. Samples {one} and samples {other} "
        "are compared, and what the micrographs show is related to how the samples were made."
    )


def _compared(family: str) -> str:
    """Return what distinguishes the samples of a figure: "annealed for different times"."""
    return str(wording()["families"][family]["varies"]["compared"])


def _introduction(writer: _Writer) -> Section:
    material = writer.story.material
    first = writer.one(
        f"Glasses such as {material.with_article} are used where transparency and durability are needed.",
        f"The demand for {material.name} has grown with its applications in optics and electronics.",
        f"Among oxide glasses, {material.with_article} has long been studied for its stability.",
    )
    second = writer.one(
        "Their reliability depends on flaws that form during making and use.",
        "How such a glass performs depends on its history, from the melt to the finished part.",
        "Small changes of a heat treatment can alter a glass as a whole.",
    )
    third = writer.one(
        "Electron microscopy is the usual way to look at such samples, yet few of its images are ever measured.",
        "Micrographs are often shown as examples, and few works say what they do not show.",
        "A micrograph tells much when the history of the sample is known.",
    )
    one, other = (_compared(family) for family in writer.story.families)
    fourth = (
        f"This work is about {writer.story.themes[0].lower()} and {writer.story.themes[1].lower()} in {material.name}, "
        f"and it compares samples {one} and samples {other}."
    )
    known = " ".join(_referring(writer, sentence) for sentence in (first, second, third))
    return Section("Introduction", (known, fourth))


def _referring(writer: _Writer, sentence: str) -> str:
    """Return the sentence with references to the paper's list, which has at least fourteen works."""
    first = int(writer.rng.integers(1, 12))
    marks = writer.one(f"[{first}]", f"[{first},{first + 2}]", f"[{first}–{first + 2}]")
    return f"{sentence.removesuffix('.')} {marks}."


def _methods(writer: _Writer) -> Section:
    story = writer.story
    material = story.material
    glass = _capital(material.with_article)
    making = (
        f"{glass} with the nominal composition of {_indexed(material.oxides)} was melted in "
        f"{_article(material.crucible)} crucible at {material.melt_c} °C for 3 h. The melt was cast into a steel mould "
        f"and cooled to room temperature. {glass} has a density of {material.density:.2f} g/cm³, a glass transition "
        f"temperature of {material.transition_c} °C and a Vickers hardness of {material.hardness_gpa:.1f} GPa. Its "
        f"fracture toughness is {material.toughness:.2f} MPa√m."
    )
    microscopy = writer.one(
        "For scanning electron microscopy the samples were cleaned in ethanol, dried and coated with carbon. Secondary "
        "and back-scattered electrons were recorded at accelerating voltages from 2 to 20 kV.",
        "The samples were examined in a scanning electron microscope with detectors for secondary and back-scattered "
        "electrons. A thin coating of carbon was deposited on them before.",
    )
    if any(
        part.micrograph is not None and part.micrograph.truth.artefact == "curtaining"
        for figure in story.figures
        for part in figure.parts
    ):
        microscopy += " Some of the samples were given their last polish with an ion mill."
    blocks: list[str | FigureArt] = [making, microscopy]
    figure = story.figures[0]
    blocks.append(" ".join([*_about_others(writer, figure), _supplement(writer)]))
    blocks.append(_art(story, figure))
    return Section("Materials and methods", tuple(blocks))


def _about_others(writer: _Writer, figure: FigurePlan) -> list[str]:
    """Return a citing sentence for each panel that is no electron micrograph."""
    sentences = []
    for part in figure.parts:
        if part.kind == "sem":
            continue
        labels = (part.label,) if part.label is not None else ()
        noun = (
            f"{part.words[:1].lower()}{part.words[1:]}"
            if part.words.split()[0] in {"Schematic", "Histogram", "Plot"}
            else part.words
        )
        sentence = writer.one(
            f"{_capital(_article(noun))} is given for comparison.",
            f"{_capital(_article(noun))} is given as well.",
        )
        sentences.append(writer.cite(sentence, Cited(figure.number, labels)))
    return sentences


def _supplement(writer: _Writer) -> str:
    """Return a sentence that cites the supplement, which is no part of the paper's file."""
    number = str(int(writer.rng.integers(1, 5)))
    panels: tuple[tuple[str, ...], ...] = ((), ("a",), ("b",), ("a", "b"), ("a", "b", "c"))
    labels = panels[int(writer.rng.integers(len(panels)))]
    sentence = writer.one(
        "The sample holder and the detectors are drawn in the supplement.",
        "Further details of the preparation are given in the supplement.",
        "Photographs of the equipment are collected in the supplement.",
    )
    return writer.cite(sentence, Cited(number, labels, supplementary=True))


def _results(writer: _Writer) -> Section:
    blocks: list[str | FigureArt] = []
    for figure in writer.story.figures[1:]:
        panels = [part for part in figure.parts if part.kind == "sem"]
        blocks.append(_overview(writer, figure, panels))
        paragraphs = [_paragraph(writer, figure, part) for part in panels]
        blocks += paragraphs[:1]
        blocks.append(_art(writer.story, figure))
        blocks += paragraphs[1:]
        others = _about_others(writer, figure)
        if others:
            blocks.append(" ".join(others))
    return Section("Results", tuple(blocks))


def _overview(writer: _Writer, figure: FigurePlan, panels: Sequence[Part]) -> str:
    """Return a paragraph on the whole figure: what its panels have in common."""
    material, family = writer.story.material, str(figure.family)
    labels = tuple(part.label for part in panels if part.label is not None)
    influence = wording()["families"][family]["varies"]["influence"]
    first = writer.cite(
        writer.one(
            f"Samples of {material.name} {_compared(family)} are compared.",
            f"The influence of {influence} was studied on {count_in_words(len(panels))} samples of {material.name}.",
        ),
        Cited(figure.number, () if len(labels) == len(figure.parts) else labels),
    )
    truths = [part.micrograph.truth for part in panels if part.micrograph is not None]
    kinds = {kind for truth in truths for kind in (truth.defect, truth.artefact) if kind is not None}
    phases = phases_of_all(family, kinds, material, writer.rng)
    return f"{first} {writer.cite(phases, Cited(figure.number, labels))}"


def _paragraph(writer: _Writer, figure: FigurePlan, part: Part) -> str:
    """Return a paragraph about one SEM panel."""
    said = part.said
    assert said is not None and part.label is not None
    own = Cited(figure.number, (part.label,))

    def cite(sentence: str) -> str:
        return writer.cite(sentence, own)

    sentences = [cite(said.made), cite(said.shown), said.shape]
    sentences += [text for text in (said.sized, said.counted) if text is not None]
    sentences.append(cite(said.flaw))
    if said.flaw_measured is not None:
        sentences.append(said.flaw_measured)
    if said.artefact is not None:
        sentences.append(cite(said.artefact))
    # Papers say more of a defect than of its absence: where it comes from and what follows.
    broken = part.micrograph is not None and part.micrograph.truth.defect is not None
    said_of_it = (said.flaw_cause, said.flaw_meaning)
    sentences += [cite(text) for text in (said_of_it if broken else (writer.one(*said_of_it),))]
    return " ".join(sentences)


def _discussion(writer: _Writer) -> Section:
    figures = writer.story.figures[1:]
    groups: dict[bool, list[Cited]] = {True: [], False: []}
    sentences = []
    for figure in figures:
        for broken in (True, False):
            labels = tuple(
                part.label
                for part in figure.parts
                if part.label is not None
                and part.micrograph is not None
                and (part.micrograph.truth.defect is not None) == broken
            )
            if labels:
                groups[broken].append(Cited(figure.number, labels))
            if len(labels) > 1:
                sentences.append(writer.cite(_soundness(writer, broken), groups[broken][-1]))
    for broken, samples in groups.items():
        if len(samples) > 1:
            sentence = f"{'Defects' if broken else 'No defects'} are seen in these samples of both series."
            sentences.append(writer.cite(sentence, *samples))
    for figure in figures:
        law = wording()["families"][str(figure.family)].get("law")
        if law is not None:
            sentences.append(writer.cite(writer.one(*law), Cited(figure.number)))
    further = Cited(str(int(writer.rng.integers(5, 8))), supplementary=True)
    whole = [Cited(figure.number) for figure in figures]
    sentences.append(
        writer.cite(
            "The scanning electron micrographs of both series come from one microscope.",
            *whole,
            *([further] if writer.rng.random() < 0.5 else []),
        )
    )
    closing = writer.one(
        "This work cannot tell what decides whether a sample stays sound, for scenes were drawn at random.",
        "In this work the state of a sample does not depend on its treatment, for scenes were drawn at random.",
    )
    return Section("Discussion", (" ".join([*sentences, closing]),))


def _soundness(writer: _Writer, broken: bool) -> str:
    if broken:
        return writer.one("Defects are seen in these samples.", "These samples are not free of defects.")
    return writer.one("No defects are seen in these samples.", "These samples show no defects.")


def _conclusions(writer: _Writer) -> Section:
    material = writer.story.material
    return Section(
        "Conclusions",
        (
            f"This work compared micrographs of {material.name} for different treatments. The authors of this study "
            "are invented, and all of it is simulated, so that the truth behind each image of this study is known.",
        ),
    )


def _art(story: Story, figure: FigurePlan) -> FigureArt:
    manner = story.manner
    inside = story.layout == "two-column-abutting" or (story.number // 3) % 2 == 0
    place: LetterPlace = "inside" if inside else "outside"
    style: LetterStyle = (
        "A" if manner.capital else ("a)" if manner.mark == "x)" else ("(a)" if story.number % 2 else "a"))
    )
    return FigureArt(
        number=figure.number,
        caption=_caption(story, figure),
        panels=tuple(PanelArt(part.label, part.kind, part.image) for part in figure.parts),
        columns=figure.columns,
        label_place=place,
        label_style=style,
        wide=figure.wide,
    )


def _caption(story: Story, figure: FigurePlan) -> str:
    manner, name = story.manner, story.material.name
    if len(figure.parts) == 1:
        return f"{figure.parts[0].words}."
    if figure.family is None:
        if manner.encloses:
            parts = manner.parts([(part.label or "", part.words) for part in figure.parts])
            return f"Characterisation of {story.material.with_article} {parts}."
        return " ".join(manner.parts([(part.label or "", f"{part.words}.")]) for part in figure.parts)
    others = [(part.label or "", part.words) for part in figure.parts if part.kind != "sem"]
    sem = [(part.label or "", f"{name} {part.words}") for part in figure.parts if part.kind == "sem"]
    if len({text for _, text in sem}) == 1:
        parts = manner.parts([([label for label, _ in sem], f"SEM images of {sem[0][1]}"), *others])
        return f"{'Micrographs' if others else 'Microstructure'} {parts}."
    parts = manner.parts([*sem, *others])
    lead = (f"SEM images of {name} {_compared(figure.family)}", "Scanning electron micrographs", "SEM micrographs")[
        story.number % 3
    ]
    between = " " if manner.encloses else ". " if lead == "SEM micrographs" else ": "
    return f"{lead}{between}{parts}."


def _indexed(oxides: str) -> str:
    """Return shares in percent by moles, and formulas with their numbers set low: "74 mol % SiO₂"."""
    return re.sub(r"(?<=[A-Za-z])\d", lambda digit: chr(0x2080 + int(digit[0])), oxides.replace(" %", " mol %"))


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiouX' else 'a'} {noun}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
