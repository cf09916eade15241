"""Documents, their pages and the versions of their texts; who may see them is in ``document_scopes``."""
