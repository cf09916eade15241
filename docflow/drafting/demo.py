"""The demonstration's letter templates."""

from __future__ import annotations

from docflow.accounts.queries import OPERATOR
from docflow.core.uow import Transactions
from docflow.drafting.templating import create_template
from docflow.drafting.usual import usual_templates


def fill_demo_templates(transactions: Transactions) -> None:
    """Add the usual letters to a new district."""
    with transactions.writing(OPERATOR) as uow:
        for setup in usual_templates():
            create_template(uow, setup)
