"""Bytes, addressed by their SHA-256: originals unaltered, and what is made from them."""
