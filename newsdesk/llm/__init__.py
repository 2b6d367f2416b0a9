"""The only importer of openai: structured output, retries, ledger, ceiling. Knows no other app."""
