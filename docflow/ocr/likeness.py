"""How like two words are, for a reader that got one letter wrong."""

from __future__ import annotations


def is_within_one_edit(one: str, other: str) -> bool:
    """Tell whether two words are the same but for one letter changed, missing or too many."""
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    same = 0
    while same < len(shorter) and shorter[same] == longer[same]:
        same += 1
    rest = shorter[same + 1 :] if len(shorter) == len(longer) else shorter[same:]
    return rest == longer[same + 1 :]
