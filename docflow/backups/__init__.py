"""Backups of a running installation, restoring them elsewhere, moving up to servers; all three are one way of copying.

A backup is a *manifest* that names *parts* of the tables, as lines that no engine owns, and the objects that the
database named at that instant; parts and objects lie in the *target* under the hashes of their bytes, so that a second
backup adds what is new and a damaged byte is found.
"""
