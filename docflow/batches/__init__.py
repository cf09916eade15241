"""Batches before registration: separator sheets to print, and the preview in which a person arranges the pages."""
