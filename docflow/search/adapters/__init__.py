"""Indexes behind the port: tantivy (the default), Whoosh (pure Python), OpenSearch (several machines)."""
