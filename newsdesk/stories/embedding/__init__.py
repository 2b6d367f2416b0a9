"""Sentence embeddings, where a setting names a model: a file run here, or an endpoint. The default is none."""
