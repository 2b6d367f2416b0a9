"""The bundled sample: fictional outlets on a local HTTP server, put through the very same line."""
