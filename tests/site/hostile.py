"""What publishers' text may try on a reader; each piece must be seen as text and never act."""

from __future__ import annotations

TEXTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<base href='https://evil.example/'>",
    "<button formaction=javascript:alert(1)>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<math><mi><noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "</title><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
]
ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "jav\tascript:alert(1)",
    "java\nscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/x",
    "http:/\\evil.example",
    "https://x.example/\njavascript:alert(1)",
    "file:///etc/passwd",
]
