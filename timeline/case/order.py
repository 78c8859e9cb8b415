"""The steps of the chain name one another; their order must not lead in a circle."""

from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter

from timeline.case.sheet import Table


def check_order(steps: list[Table]) -> None:
    """Note every `after` or `before` that names no step, and the circle if there is one."""
    known = {str(step.values.get("id")): step for step in steps}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, step in known.items():
        sorter.add(name, *_named(step, "after", known))
        for later in _named(step, "before", known):
            sorter.add(later, name)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        step = min((known[name] for name in circle), key=steps.index)
        key = "after" if "after" in step.values else "before"
        step.wrong(f"an order without the circle {' → '.join(circle)}", key)


def _named(step: Table, key: str, known: dict[str, Table]) -> list[str]:
    """Give the steps that this key names and that exist."""
    names = step.values.get(key)
    found = []
    for index, name in enumerate(names if isinstance(names, list) else []):
        if name in known:
            found.append(name)
        elif isinstance(name, str):
            near = get_close_matches(name, known, n=1) or sorted(known)
            step.wrong(f"the id of a step: {', '.join(near)}", key, index)
    return found
