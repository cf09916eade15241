"""Reading: from the picture of a page to its text, its words with boxes, and the fields of a letter.

``reading.read_page`` is the whole pipeline, top-down. Vocabulary: a *crop* is the picture of one line, a *line reading*
what an engine makes of it, a *page reading* the result; the *upright* page is turned and deskewed, and every box is in
its pixels. A page *needs review* when its confidence is low or when it shows more ink than was read.
"""
