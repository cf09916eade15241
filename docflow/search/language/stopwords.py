"""Words too common to be required: a query that holds other words is answered without them."""

from __future__ import annotations

_FRENCH = """a au aux avec ce ces cette dans de des du elle elles en est et il ils je la le les leur leurs lors mais ne
nous on ou par pas pour qu que qui sa se ses son sont sur un une vous y entre chez ainsi"""

_ARABIC = """في من الي علي عن مع هذا هذه ذلك تلك التي الذي الذين او ثم قد لقد ان كان هو هي هم ما لا لم لن بين عند كل حول
بعد قبل منذ حتي اي الا"""

STOPWORDS = frozenset(_FRENCH.split()) | frozenset(_ARABIC.split())
"""Folded, in both languages; never dropped from a phrase, nor when nothing else was typed."""
