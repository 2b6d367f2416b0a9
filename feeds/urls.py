"""Addresses of pages: made absolute, reduced to one form for comparing, and traced to their site. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

MAX_URL_CHARACTERS = 2000

_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060\ufeff\ud800-\udfff]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Parameters that say how a reader came, not what the page is.
_TRACKING = re.compile(
    r"utm_.*|pk_.*|mtm_.*|ns_.*|at_.*|guce_.*|mc_[ce]id|_hs(enc|mi)|(fb|g|y|dc|wt|ms|tw)clid|gbraid|wbraid|igshid|cmpid|ncid"
    r"|cid|ocid|sr_share|smid|smtyp|ftag|ref_?|ref_src|referrer|source|src|from|mod|partner|syndication|spm|amp|outputtype"
    r"|guccounter|segmentid|trk|trkcampaign|xtor|taid|leadsource|__twitter_impression",
    re.I,
)
# `f=rss` and the like: the value betrays the parameter.
_TRACKING_VALUES = frozenset({"rss", "feed", "atom", "amp", "twitter", "newsletter", "share", "social"})
_AMP_PATH = re.compile(r"(/amp|/amp\.html|\.amp)/?$|(?<=/)amp/(?=.)", re.I)
_INDEX_PAGE = re.compile(r"/(index|default)\.(html?|php|aspx?)$", re.I)
# Second labels under which names are registered where the country code is not enough (bbc.co.uk).
_SECOND_LABELS = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "or", "org"})
# Hosts whose subdomains belong to different people.
_SHARED_SITES = frozenset(
    {"substack.com", "github.io", "medium.com", "blogspot.com", "wordpress.com", "ghost.io", "tumblr.com"}
)
_SHARED_SITES |= {
    "netlify.app",
    "vercel.app",
    "pages.dev",
    "typepad.com",
    "livejournal.com",
    "beehiiv.com",
    "hashnode.dev",
}


def http_url(url: str, base: str = "") -> str:
    """The address made absolute against `base`, without credentials.

    Empty when it is not http or https, or longer than 2,000 characters.
    """
    try:
        parts = urlsplit(urljoin(base, _INVISIBLE.sub("", url).strip().replace(" ", "%20")))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not host or not url.strip():
        return ""
    netloc = (f"[{host}]" if ":" in host else host) + (
        f":{port}" if port not in (None, _DEFAULT_PORTS[parts.scheme]) else ""
    )
    absolute = urlunsplit((parts.scheme, netloc, parts.path, parts.query, parts.fragment))
    return absolute if len(absolute) <= MAX_URL_CHARACTERS else ""


def canonical_url(url: str) -> str:
    """One form for the addresses of one page: a key to compare with, not an address to visit.

    Without scheme differences, `www.`, tracking parameters, AMP markers, index pages, fragments and a trailing slash.
    """
    absolute = http_url(url)
    if not absolute:
        return ""
    parts = urlsplit(absolute)
    host = re.sub(r"^(www\d?|m|amp|mobile)\.(?=[^.]+\.)", "", parts.netloc)
    path = _INDEX_PAGE.sub("", _AMP_PATH.sub("", parts.path)).rstrip("/")
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(name) and value.lower() not in _TRACKING_VALUES
    ]
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""  # a page of a script-driven site
    path = quote(path, safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit(("https", host, path, urlencode(sorted(query)), fragment))[:MAX_URL_CHARACTERS]


def host_of(url: str) -> str:
    """The host of an address, lower case, without `www.`; empty if there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def site_of(host: str) -> str:
    """The registered name under which a host stands: news.bbc.co.uk gives bbc.co.uk, a.substack.com stays."""
    labels = host.lower().strip(".").removeprefix("www.").split(".")
    if len(labels) <= 2 or labels[-1].isdigit():
        return ".".join(labels)
    size = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND_LABELS else 2
    if ".".join(labels[-size:]) in _SHARED_SITES:
        size += 1
    return ".".join(labels[-size:])
