"""The command line of `scripts/train-windows`."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from house.terminal import Terminal
from house.training import judged, training
from mira_sidecar.subjects.windows import model
from mira_sidecar.subjects.windows.core.slice import RoomKind

ID = "needs-net-1"
KINDS: tuple[RoomKind, ...] = ("bedroom", "living")
"""A bath goes by its humidity alone, as `needs` does there."""
_WORKERS = 2


def main() -> int:
    """Train a net for each kind of room, and write them into one file."""
    given = _parser().parse_args()
    terminal = Terminal(sys.stderr)
    with ThreadPoolExecutor(_WORKERS) as workers:
        kinds = {}
        for kind in given.kind or KINDS:
            bar = _Bar(terminal, kind)
            kinds[kind] = judged.judge(kind, training.train(kind, bar.each(workers)), bar.each(workers))
            terminal.say(f"{kind}: {bar.seconds:.0f} s of the processor, {judged.in_words(kinds[kind].figures)}")
            if given.measure:
                told = judged.in_words(judged.measure(kind, kinds[kind], bar.each(workers)))
                terminal.say(f"{kind}, in the climates that are kept back: {told}")
    given.output.parent.mkdir(exist_ok=True)
    given.output.write_bytes(judged.packed(ID, kinds))
    terminal.say(f"{given.output}: written")
    return 0


class _Bar:
    """What is done of a kind of room."""

    def __init__(self, terminal: Terminal, kind: RoomKind) -> None:
        self._terminal, self._kind, self._done = terminal, kind, 0
        self._began = time.process_time()

    @property
    def seconds(self) -> float:
        """Of the processor, since it began."""
        return time.process_time() - self._began

    def each(self, workers: ThreadPoolExecutor) -> training.Each:
        """Do something with each of a list, some at a time, in its order."""

        def do[T, R](what: Callable[[T], R], things: Iterable[T]) -> Iterator[R]:
            for result in workers.map(what, things):
                self._done += 1
                filled = "█" * (self._done * 30 // judged.STEPS)
                self._terminal.passing(f"{self._kind:<8} {filled:<30} {self._done} of {judged.STEPS}")
                yield result

        return do


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/train-windows", description="Trains the net that says how far windows should be open."
    )
    shipped = Path(model.__file__).parent / "shipped" / f"{ID}.npz"
    parser.add_argument("--output", type=Path, default=shipped, metavar="NPZ", help="its file (the package's own)")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this kind of room; may be repeated")
    text = "say how sure it may be in the climates that are kept back: look at that once, at the end"
    parser.add_argument("--measure", action="store_true", help=text)
    return parser


if __name__ == "__main__":
    sys.exit(main())
