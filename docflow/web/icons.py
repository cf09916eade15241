"""The pictograms of the interface, by their name in the Lucide set."""

from __future__ import annotations

from typing import Final

ICONS: Final[tuple[str, ...]] = (
    "activity", "archive", "arrow-left", "arrow-right", "ban", "bell", "bookmark", "building-2", "calendar",
    "calendar-clock", "chart-column", "check", "chevron-down", "chevron-left", "chevron-right", "chevron-up",
    "circle-alert", "circle-check", "circle-user", "circle-x", "clock", "cloud-upload", "copy", "database",
    "download", "ellipsis", "external-link", "eye", "eye-off", "file", "file-check", "file-clock", "file-plus",
    "file-search", "file-text", "file-x", "files", "folder", "folder-open", "forward", "funnel", "gavel", "globe",
    "history", "house", "image", "inbox", "info", "key-round", "keyboard", "languages", "layers", "link",
    "list-checks", "list-todo", "lock", "log-in", "log-out", "mail", "map-pin", "maximize", "megaphone", "menu",
    "merge", "message-square", "minus", "moon", "move-horizontal", "newspaper", "panel-left", "paperclip", "pause",
    "pencil", "phone", "play", "plus", "printer", "qr-code", "redo-2", "refresh-cw", "rotate-ccw", "rotate-cw",
    "rss", "save", "scan-line", "scan-text", "search", "send", "server", "settings", "shield", "shield-alert",
    "shield-check", "split", "stamp", "star", "text-cursor-input", "trash-2", "triangle-alert", "undo-2", "upload",
    "user", "user-check", "users", "wifi-off", "x", "zoom-in", "zoom-out",
)  # fmt: skip
"""Names taken into the sprite; a page that asks for another one is refused when it is rendered."""

MIRRORED_ICONS: Final[frozenset[str]] = frozenset(
    {
        "arrow-left", "arrow-right", "chevron-left", "chevron-right", "forward", "log-in", "log-out", "panel-left",
        "redo-2", "send", "undo-2",
    }
)  # fmt: skip
"""Icons that point along the line of reading, and so are mirrored in Arabic; no others are."""
