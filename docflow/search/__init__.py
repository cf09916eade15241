"""Search: find what was meant, in Arabic and in French, and never more than one may see.

An *analyser* turns text into tokens: *exact* (folded) and *stemmed* (without clitics and endings). What a person types
becomes a *query tree*. An *index entry* is a document with its scope tokens; *approximate* hits differ by a letter.
"""
