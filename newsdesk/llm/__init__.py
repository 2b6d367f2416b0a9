"""The only importer of openai: structured output, retries, ledger, ceiling. Knows no other app.

`newsdesk.llm.complete.complete(...)` is the only way to a language model, `newsdesk.llm.embed.embed(...)` to a server's
sentence embeddings.
"""
