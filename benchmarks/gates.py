"""The gates against pairs that break their rules and pairs that break none.

In: the planted pairs of `tests/questions`, about five invented papers, written before the gates were measured; each
goes through the gates as any generator's pair does. Out: a Markdown table, then every miss and false alarm, on stdout.

    python benchmarks/gates.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.questions.planted import outcomes


def main() -> None:
    found, good = outcomes()
    print(f"| gate | planted | caught | caught by any | false alarms of {good} |")
    print("|---|---:|---:|---:|---:|")
    for gate, it in found.items():
        any_gate = it.planted - len(it.passed)
        print(f"| {gate} | {it.planted} | {it.caught} ({it.caught / it.planted:.0%}) | {any_gate} | {len(it.false)} |")
    refused = {name.partition(":")[0] for it in found.values() for name in it.false}
    planted, caught = sum(it.planted for it in found.values()), sum(it.caught for it in found.values())
    passed = sum(len(it.passed) for it in found.values())
    print(f"| all | {planted} | {caught} ({caught / planted:.0%}) | {planted - passed} | {len(refused)} |")
    for gate, it in found.items():
        for name in it.missed:
            print(f"\n{gate} missed {name}" + (" (no gate caught it)" if name in it.passed else ""), end="")
        for name in it.false:
            print(f"\n{gate} refused the good {name}", end="")
    print()


if __name__ == "__main__":
    main()
