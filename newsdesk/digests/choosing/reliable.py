"""Whose word is enough: whether an entry comes from an outlet, or from a place where anybody may write. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from newsdesk.stories.read import EntryView

# Where anybody may write: forums, networks, code hosts, preprints. What stands there alone changes no story.
_ANYBODYS = frozenset(
    """
    reddit.com news.ycombinator.com lobste.rs x.com twitter.com threads.net bsky.app facebook.com linkedin.com t.me
    youtube.com youtu.be tiktok.com github.com gitlab.com huggingface.co arxiv.org medium.com substack.com dev.to
    hackernoon.com producthunt.com zhihu.com weibo.com v2ex.com juejin.cn csdn.net qiita.com note.com
    """.split()
)


def is_reliable(entry: EntryView) -> bool:
    """Whether an entry is a report of an outlet that answers for it: no comment, and no place where anybody writes."""
    host = (urlsplit(entry.url).hostname or "").removeprefix("www.")
    parts = host.split(".")
    hosts = {".".join(parts[start:]) for start in range(len(parts))}
    return entry.role == "report" and entry.kind != "opinion" and not hosts & _ANYBODYS
