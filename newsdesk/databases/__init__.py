"""Django's two databases, that never let a request wait longer for them than it may."""
