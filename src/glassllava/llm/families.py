"""Which family a language model belongs to, by its name: models judge their own family's text more kindly.

In: a model's name as an endpoint knows it. Out: the family, or None where the name says nothing. Source of the worry:
Panickssery et al. 2024, arXiv:2404.13076.
"""

from __future__ import annotations

import re

_FAMILIES = {
    "GPT": r"gpt|chatgpt|davinci|(?<![a-z0-9])o[134](?![a-z0-9])",
    "Claude": r"claude",
    "Gemini": r"gemini|gemma|palm",
    "Llama": r"llama|vicuna|alpaca|llava",
    "Qwen": r"qwen|qwq|qvq",
    "Mistral": r"mistral|mixtral|ministral|pixtral|magistral",
    "DeepSeek": r"deepseek",
    "Phi": r"(?<![a-z])phi(?![a-z])",
    "InternLM": r"internlm|internvl",
    "GLM": r"(?<![a-z])(?:chat)?glm|cogvlm",
    "Command": r"command-|(?<![a-z])aya(?![a-z])",
    "Kimi": r"kimi|moonshot",
    "Grok": r"grok",
    "MiniCPM": r"minicpm",
    "Molmo": r"molmo|olmo",
}
"""Families by what their names hold. LLaVA stands with Llama, for its decoder mostly is one."""


def family_of(model: str) -> str | None:
    """Return the family of a model; None where its name names none, or several (a distilled model, say).

    Examples
    --------
    >>> family_of("Qwen/Qwen3-VL-8B-Instruct"), family_of("gpt-4.1-mini"), family_of("lab-model")
    ('Qwen', 'GPT', None)
    """
    name = model.casefold()
    found = [family for family, pattern in _FAMILIES.items() if re.search(pattern, name)]
    return found[0] if len(found) == 1 else None
