"""Where question and answer stand in a line, in the forms that people train on.

In: the fields of one line. Out: the same fields with `question` and `answer`. Known are plain fields, LLaVA's
`conversations`, `prompt` with `completion` and `messages`, of which the last three hold texts or turns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glassllava.errors import UnreadableInput

PLACEHOLDER = "<image>"
"""Where LLaVA puts the picture in the text."""

_ASKING = {"human", "user"}
_ANSWERING = {"gpt", "assistant"}

FIELDS = frozenset({"conversations", "prompt", "completion", "messages"})
"""Fields, beside `question` and `answer`, in which they may stand."""


def with_question_and_answer(fields: Mapping[str, Any]) -> dict[str, Any]:
    r"""Return a line's fields with `question` and `answer`, wherever they stood.

    Raises
    ------
    UnreadableInput
        There is no question with its answer, or more than one.

    Examples
    --------
    >>> turns = [{"from": "human", "value": "<image>\nWhat is seen?"}, {"from": "gpt", "value": "Pores."}]
    >>> with_question_and_answer({"image": "a.png", "conversations": turns})
    {'image': 'a.png', 'question': 'What is seen?', 'answer': 'Pores.'}
    """
    rest = {name: value for name, value in fields.items() if name not in FIELDS}
    if "question" in fields and "answer" in fields:
        return rest
    if "conversations" in fields or "messages" in fields:
        question, answer = _one_exchange(fields.get("conversations") or fields.get("messages"))
    elif "prompt" in fields and "completion" in fields:
        prompt, completion = fields["prompt"], fields["completion"]
        if isinstance(prompt, str) and isinstance(completion, str):
            question, answer = prompt, completion
        elif isinstance(prompt, list) and isinstance(completion, list):
            question, answer = _one_exchange([*prompt, *completion])
        else:
            raise UnreadableInput("prompt and completion are neither two texts nor two lists of turns")
    else:
        raise UnreadableInput(
            "it has no question with an answer: neither question and answer, nor conversations, nor messages, nor "
            "prompt and completion"
        )
    # We write it in conversations only: elsewhere in our files, these are words of the question.
    if "conversations" in fields or "checksum" not in fields:
        question = _without_placeholder(question)
    return rest | {"question": question, "answer": answer}


def _one_exchange(turns: Any) -> tuple[str, str]:
    told = [_turn(turn) for turn in turns] if isinstance(turns, list) else []
    spoken = [(role, text) for role, text in told if role != "system"]
    if len(spoken) > 2:
        raise UnreadableInput(
            f"it holds {len(spoken)} turns; a pair is one question and its answer, so put each on a line of its own"
        )
    if len(spoken) != 2 or spoken[0][0] not in _ASKING or spoken[1][0] not in _ANSWERING:
        raise UnreadableInput("its turns are not a question of the user and an answer of the assistant")
    return spoken[0][1], spoken[1][1]


def _turn(turn: Any) -> tuple[str, str]:
    if not isinstance(turn, Mapping):
        raise UnreadableInput("a turn is no object with a role and a text")
    role = turn.get("from") or turn.get("role")
    text = turn["value"] if "value" in turn else turn.get("content")
    if isinstance(text, list):
        text = "".join(part.get("text") or "" for part in text if isinstance(part, Mapping))
    if not isinstance(role, str) or not isinstance(text, str):
        raise UnreadableInput("a turn is no object with a role and a text")
    return role, text


def _without_placeholder(question: str) -> str:
    if question.startswith(f"{PLACEHOLDER}\n"):
        return question.removeprefix(f"{PLACEHOLDER}\n")
    return question.removesuffix(f"\n{PLACEHOLDER}")
