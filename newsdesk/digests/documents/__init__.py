"""The one document of a digest, and its forms: JSON, text, HTML, what is checked."""
