"""The ledger of model calls, to read."""

from newsdesk.llm.admin import lists

__all__ = ["lists"]
