"""Indexes behind the port: tantivy (the default) and Whoosh (pure Python)."""
