"""Case files (ملف, dossier): letters of one matter gathered under one number, with one timeline and one print.

A case file belongs to one org unit. It gathers registered documents and never widens who may see them: whoever opens it
finds those that they may know of, and for them the others do not exist.
"""
