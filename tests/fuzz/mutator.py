"""How an input becomes the next one: a value of its JSON or form changed, or just its bytes."""

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

ODD: list[Any] = [
    *(None, True, False, 0, -1, 2**63, 1e300, "", " ", "null", "a@b.com", "2026-02-30", "[]"),
    *([], {}, [[]], [None], {"": {}}, "9" * 40, "x" * 3000, "\x00", "é", "https://[", 1.5e12),
]  # fmt: skip
BYTES_INSTEAD = 0.4


def next_input(data: bytes, head: int, seed: int, change_bytes: Callable[[bytes], bytes]) -> bytes:
    """Return ``data`` changed at one place; its first ``head`` bytes are choices, not body."""
    chance = random.Random(seed)
    choices, body = data[:head], data[head:]
    if chance.random() < BYTES_INSTEAD:
        return change_bytes(data)
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        if len(pairs) < 2:
            return change_bytes(data)
        return choices + urlencode(_other_pairs(chance, pairs)).encode("utf-8", "replace")
    return choices + json.dumps(_changed(chance, content)).encode()


def _changed(chance: random.Random, content: Any) -> Any:
    """Return ``content`` with one node, somewhere below, replaced, dropped, wrapped or doubled."""
    if isinstance(content, dict) and content and chance.random() < 0.9:
        name = chance.choice(list(content))
        match chance.randrange(8):
            case 0:
                return {other: value for other, value in content.items() if other != name}
            case 1:
                return {**content, chance.choice(list(content)): content[name]}
            case 2:
                return {**content, name: [content[name]] * chance.randrange(4)}
            case _:
                return {**content, name: _changed(chance, content[name])}
    if isinstance(content, list) and content and chance.random() < 0.9:
        index = chance.randrange(len(content))
        changed = [*content[:index], _changed(chance, content[index]), *content[index + 1 :]]
        return changed + changed[:1] * chance.randrange(2)
    return chance.choice(ODD)


def _other_pairs(chance: random.Random, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    index = chance.randrange(len(pairs))
    name, value = pairs[index]
    match chance.randrange(5):
        case 0:
            return pairs[:index] + pairs[index + 1 :]
        case 1:
            return [*pairs, (name, value)]
        case 2:
            return [*pairs, (f"{name}[{chance.choice(['', '0', 'x', 'id'])}]", value)]
        case 3:
            return [*pairs[:index], (name.partition("[")[0], value), *pairs[index + 1 :]]
        case _:
            return [*pairs[:index], (name, str(chance.choice(ODD))), *pairs[index + 1 :]]
