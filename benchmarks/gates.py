"""The gates against pairs that break their rules and pairs that break none.

In: the planted pairs of `tests/questions`, about five invented papers, written before the gates were measured; each
goes through the gates as any generator's pair does. Out: for each list a Markdown table, then every
miss and false alarm, on stdout.

    python benchmarks/gates.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.questions.planted import Outcome, outcomes


def main() -> None:
    for name in ("planted_gates.yaml", "planted_gates_second.yaml"):
        print(f"{name}\n")
        print_table(*outcomes(name))
        print()


def print_table(found: dict[str, Outcome], good: int) -> None:
    print(f"| gate | planted | caught | caught by any | false alarms of {good} |")
    print("|---|---:|---:|---:|---:|")
    for gate, it in found.items():
        if it.planted:
            print(f"| `{gate}` | {it.planted} | {it.caught} | {it.planted - len(it.passed)} | {len(it.false)} |")
    refused = {name.partition(":")[0] for it in found.values() for name in it.false}
    planted, caught = sum(it.planted for it in found.values()), sum(it.caught for it in found.values())
    passed = sum(len(it.passed) for it in found.values())
    print(f"| all | {planted} | {caught} | {planted - passed} | {len(refused)} |\n")
    for gate, it in found.items():
        for name in it.missed:
            print(f"{gate} missed {name}" + (" (no gate caught it)" if name in it.passed else ""))
        for name in it.false:
            print(f"{gate} refused the good {name}")


if __name__ == "__main__":
    main()
