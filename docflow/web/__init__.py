"""The shell of every page: layout, pictures of pages, words, guards, and how a refusal is told.

The shell knows no room above it. It is told who acts, what the menu holds and what each error code means;
``app.py`` collects these from the capabilities and hands them over. Rooms extend ``base.html`` (staff) or
``base_public.html`` (citizens) and write their pages from ``_macros.html`` and ``_viewer.html``.
"""
