"""The prompts of a domain: Jinja files, each with the rules first and what is asked behind them.

In: the templates of this package, which hold the rules for all packs; a pack's examples; and the folders `prompts` of a
pack and of a workspace, whose files go over them, so that an evaluator can edit criteria and examples. Out: `Prompt`s
with a version, which is the hash of all that they are rendered from; and what they say, rendered.

A file holds two blocks: `system`, the rules, which uses nothing but the pack itself, and so is the same in every call
and stays in an endpoint's prompt cache; and `user`, what this call is about, which uses nothing of the pack. Texts of
others stand within tags (`{{ text | within("paper") }}`) that they cannot close.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from glassllava.domains.examples import EXAMPLES_FILE, Examples, load_examples
from glassllava.domains.pack import Domain, load_domain, pack_folder
from glassllava.domains.reading import BrokenDomainPack

PromptName = Literal["S1", "S2", "S3", "S4", "S5", "S6", "G1", "G2"]
"""Prompts as the supporting information of the paper numbers them, and those of the gates by model."""


class _Kind(NamedTuple):
    file: str
    variables: tuple[str, ...]


PROMPTS: Mapping[PromptName, _Kind] = {
    "S1": _Kind(
        "s1_question_generation.jinja",
        ("paper", "panel", "caption", "mentions", "image", "wanted", "number", "refused"),
    ),
    "S2": _Kind("s2_overall_quality.jinja", ("question", "benchmark", "response")),
    "S3": _Kind("s3_context_assessment.jinja", ("question", "levels")),
    "S4": _Kind("s4_context_type.jinja", ("subject", "passages")),
    "S5": _Kind("s5_feature_identification.jinja", ("question", "benchmark", "response")),
    "S6": _Kind("s6_defect_and_anomaly.jinja", ("question", "benchmark", "response")),
    "G1": _Kind("g1_answerable_from_evidence.jinja", ("question", "answer", "quotes")),
    "G2": _Kind("g2_known_without_image.jinja", ("question", "answer")),
}
"""Each prompt's file, and the variables that its block `user` may use."""

TEMPLATES = Path(__file__).parent / "templates"
"""Where the rules for all packs lie."""

BLOCKS = ("system", "user")

VERSION_LETTERS = 12
"""Of the hash: enough that no two versions of one prompt share them."""

_LOADING = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)


class Rendered(NamedTuple):
    """What a prompt says in one case."""

    system: str
    user: str
    purpose: str
    """Prompt and version, as "S2 3f9a0c12ab45"; kept beside the call."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt of a pack or of a workspace."""

    name: PromptName
    file: Path
    source: str
    version: str
    """Hash of the file's text and of the rules as the pack renders them: other criteria or examples, be they the
    file's or the pack's, are another version."""
    system: str
    """The rules, rendered."""
    template: Template

    def render(self, **variables: Any) -> Rendered:
        """Return what the prompt says.

        Parameters
        ----------
        **variables
            Those that the file's head names, `domain` and `examples` excepted.

        Raises
        ------
        BrokenDomainPack
            The file cannot be rendered with these; names the file, the line and the reason.
        """
        said = _said(self.template, "user", variables, self.file)
        return Rendered(self.system, said, f"{self.name} {self.version}")


class Prompts:
    """All prompts of one domain.

    Parameters
    ----------
    domain
        The pack that they speak of.
    folders
        Where files may lie that go over the rules for all packs, the first over the next: a workspace's, then the
        pack's own. One of them holds the examples.

    Raises
    ------
    BrokenDomainPack
        A file is missing or broken; names the file, the line and the reason.
    """

    def __init__(self, domain: Domain, folders: Sequence[Path]) -> None:
        examples = load_examples(_first_with(EXAMPLES_FILE, folders), domain)
        self._prompts = {
            name: _read(name, _first_with(kind.file, [*folders, TEMPLATES]), domain, examples)
            for name, kind in PROMPTS.items()
        }

    def __getitem__(self, name: PromptName) -> Prompt:
        """Return the prompt of this name."""
        return self._prompts[name]

    def versions(self) -> dict[str, str]:
        """Return the version of each prompt."""
        return {name: prompt.version for name, prompt in self._prompts.items()}


def load_prompts(domain: str, workspace_folder: Path | None = None) -> Prompts:
    """Return the prompts of a domain: the rules for all packs with its examples, and what goes over them.

    Parameters
    ----------
    domain
        A pack that comes with GlassLLaVA, or the path of a folder that holds one.
    workspace_folder
        The workspace, whose folder `prompts` goes over the pack's; None leaves the pack's own.

    Raises
    ------
    BrokenDomainPack
        There is no such pack, or a file is missing or broken; names the file, the line and the reason.
    """
    places = [pack_folder(domain)] if workspace_folder is None else [workspace_folder, pack_folder(domain)]
    return Prompts(load_domain(domain), [place / "prompts" for place in places])


def _first_with(file: str, folders: Sequence[Path]) -> Path:
    """Return the file in the first folder that holds it; where none does, in the last, whose lack is then told."""
    return next((folder / file for folder in folders if (folder / file).is_file()), folders[-1] / file)


def within(text: object, tag: str) -> str:
    """Put a text of others between tags that it cannot close, so that it cannot pass for an instruction."""
    open_or_close = re.compile(rf"<(?=\s*/?\s*{re.escape(tag)}\b)", re.IGNORECASE)
    return f"<{tag}>\n{open_or_close.sub('‹', str(text)).strip()}\n</{tag}>"


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["within"] = within
    return environment


def _read(name: PromptName, file: Path, domain: Domain, examples: Examples) -> Prompt:
    try:
        source = file.read_text(encoding="utf-8")
    except OSError as fault:
        raise BrokenDomainPack(f"{file}: cannot be read ({fault.strerror}); a pack needs this prompt.") from fault
    except UnicodeDecodeError as fault:
        raise BrokenDomainPack(f"{file}: is no text in UTF-8.") from fault
    environment = _environment()
    try:
        tree = environment.parse(source, filename=str(file))
        template = Template.from_code(
            environment, environment.compile(source, filename=str(file)), environment.make_globals(None)
        )
    except TemplateSyntaxError as fault:
        raise BrokenDomainPack(f"{file}, line {fault.lineno}: {fault.message}") from fault
    pack: dict[str, object] = {"domain": domain}
    if name in Examples.model_fields:
        pack["examples"] = getattr(examples, name)
    allowed = {"system": set(pack), "user": set(PROMPTS[name].variables)}
    for line, reason in _faults(tree, allowed, environment):
        raise BrokenDomainPack(f"{file}, line {line}: {reason}.")
    system = _said(template, "system", pack, file)
    version = sha256(f"{source}\0{system}".encode()).hexdigest()[:VERSION_LETTERS]
    return Prompt(name, file, source, version, system, template)


def _said(template: Template, block: str, variables: Mapping[str, Any], file: Path) -> str:
    """Return what a block says; each has a context of its own, so that none can hand anything to the other."""
    try:
        return "".join(template.blocks[block](template.new_context(dict(variables)))).strip()
    except (UndefinedError, SecurityError, TypeError, ValueError, ArithmeticError) as fault:
        raise BrokenDomainPack(f"{file}, line {_line_of(fault, template)}: {fault}.") from fault


def _line_of(fault: BaseException, template: Template) -> int:
    """Return the file's line where rendering failed: the last one that ran in its compiled code."""
    line, trace = 1, fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__jinja_template__") is template:
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line


def _faults(
    tree: nodes.Template, variables: Mapping[str, set[str]], environment: ImmutableSandboxedEnvironment
) -> Iterator[tuple[int, str]]:
    """Yield what would only fail, or silently be left out, when the prompt is rendered."""
    for loading in tree.find_all(_LOADING):
        yield loading.lineno, "a prompt is one file: it takes nothing from others"
    blocks = {block.name: block for block in tree.find_all(nodes.Block)}
    for missing in [name for name in BLOCKS if name not in blocks]:
        yield 1, f"the block '{missing}' is missing"
    for unknown in [name for name in blocks if name not in BLOCKS]:
        yield blocks[unknown].lineno, f"there is no block '{unknown}'; a prompt has system and user"
    for part in tree.body:
        if not isinstance(part, nodes.Block) and not _is_blank(part):
            yield part.lineno, "this stands outside the blocks system and user"
    for name, allowed in variables.items():
        used = list(blocks[name].find_all(nodes.Name))
        known = allowed | {word.name for word in used if word.ctx != "load"} | set(environment.globals) | {"loop"}
        for word in used:
            if word.name not in known:
                yield word.lineno, f"the block '{name}' has no variable '{word.name}' ({', '.join(sorted(allowed))})"


def _is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes
    )
