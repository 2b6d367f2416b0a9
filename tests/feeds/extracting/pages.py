"""A page with an article of three paragraphs, and what is read from it."""

from __future__ import annotations

from feeds.extracting.readable import ReadArticle, read_article

URL = "https://outlet.example/2026/03/compiler"
FIRST = (
    "Harbour Labs has stopped selling its code assistant to new customers, the company said on Tuesday, and will "
    "close the service for everyone at the end of June."
)
SECOND = (
    "About 40 people worked on the product. The company said that most of them would move to its research group, "
    "and that customers would get the unused part of their fees back."
)
THIRD = (
    "Two former employees said that running the models cost more than customers paid, and that a cheaper version "
    "planned for the spring had failed its tests."
)


def page(body: str = "", head: str = "", html: str = "<html lang=en>") -> bytes:
    return f"""<!doctype html>{html}<head><title>Harbour Labs closes its code assistant | Outlet</title>{head}</head>
    <body><nav><a href="/">Home</a> <a href="/ai">AI</a> <a href="/about">About</a></nav>
    <article><h1>Harbour Labs closes its code assistant</h1>
    <p>{FIRST}</p>{body}<p>{SECOND}</p><p>{THIRD}</p></article>
    <footer>Copyright 2026 Outlet. All rights reserved.</footer></body></html>""".encode()


def read(content: bytes, **headers: str) -> ReadArticle:
    article = read_article(content, URL, {name.replace("_", "-"): value for name, value in headers.items()})
    assert article is not None
    return article
