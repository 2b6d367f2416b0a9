"""A story in sentences, each with the span of a source that it rests on."""
