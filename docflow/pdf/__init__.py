"""Pages behind one door: what a file is, one raster a page, its own text, previews, a text layer of ours.

Every vendor library that parses what a stranger sent (pdfium, qpdf, Pillow's decoders) runs in a child process with
limits, because a hostile file can abort the process that opens it; ``child`` is the parent's side of that wall and
``child_main`` the other one.
"""
