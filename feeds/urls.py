"""Addresses of pages: made absolute, reduced to one form for comparing, and traced to their site. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

MAX_URL_CHARACTERS = 2000

_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060\ufeff\ud800-\udfff]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# A browser drops tabs and newlines inside a scheme and reads a backslash as a slash, so none may stand in a link.
_WEB_ADDRESS = re.compile(r"https?://[^\s\\\x00-\x20]+", re.IGNORECASE)
# Parameters that say how a reader came, not what the page is.
_TRACKING = re.compile(
    r"utm_.*|pk_.*|mtm_.*|ns_.*|at_.*|guce_.*|mc_[ce]id|_hs(enc|mi)|(fb|g|y|dc|wt|ms|tw)clid|gbraid|wbraid|igshid|cmpid|ncid"
    r"|cid|ocid|sr_share|smid|smtyp|ftag|ref_?|ref_src|referrer|source|src|from|mod|partner|syndication|spm|amp|outputtype"
    r"|guccounter|segmentid|trk|trkcampaign|xtor|taid|leadsource|__twitter_impression|_bhlid|_g[al]|__s|mkt_tok|igsh"
    r"|rss|share(d|_?id|_?token)?|sharetype|unlocked_article_code|view_token|accesstoken|gift(copy|link|ed)?"
    r"|publication_id|isfreemail|triedredirect|showwelcome|cmp|cx_\w+|sc_\w+|oly_\w+|vero_\w+|hss_channel|ck_subscriber_id"
    r"|intcid|ic(id|mp)|dicbo|sref|reflink|wpisrc|wpmm|ito|mbid|rb_clickid|epik|pc_source",
    re.I,
)
# Parameters that track on one site and name the page on others.
_TRACKING_ON = {
    "substack.com": frozenset({"r", "s"}),
    "github.com": frozenset({"tab"}),
    "x.com": frozenset({"s", "t"}),
    "youtube.com": frozenset({"ab_channel", "feature", "pp", "si", "t"}),
    "youtu.be": frozenset({"feature", "si", "t"}),
}
# `f=rss` and the like: the value betrays the parameter.
_TRACKING_VALUES = frozenset({"rss", "feed", "atom", "amp", "twitter", "newsletter", "share", "social"})
# Sites known under several names.
_ALIASES = re.compile(
    r"^(?:(?:twitter|vxtwitter|fxtwitter|fixupx)\.com|nitter\.net"
    r"|(?P<reddit>(?:old|new|np|i|sh)\.reddit\.com)|(?P<wiki>[a-z-]+)\.m\.wikipedia\.org)$"
)
_PAPER = re.compile(r"^/(?:abs|pdf|html)/(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?(?:\.pdf)?$")
_SHORT_VIDEO = re.compile(r"^/(?:shorts|live|embed)/([\w-]{11})$")
# Pages that only lead on: the address stands in a parameter, or in the path after these.
_LEADS_ON = re.compile(
    r"^(?:google\.[a-z.]+/url|news\.google\.com/url|l\.facebook\.com/l\.php|lm\.facebook\.com/l\.php|out\.reddit\.com/.*"
    r"|t\.umblr\.com/redirect|slack-redir\.net/link|youtube\.com/redirect|linkedin\.com/(?:redir/redirect|safety/go))$"
)
_LEADS_ON_NAMES = ("url", "q", "u", "z")
_PATH_LEADS_ON = re.compile(
    r"^(?:google\.[a-z.]+/amp/s/|[\w-]+\.cdn\.ampproject\.org/[cv]/s/|web\.archive\.org/web/\d{4,14}[a-z_]*/(?:https?:/+)?)"
    r"(?=[\w-]+\.)"
)
_AMP_PATH = re.compile(r"(/amp|/amp\.html|\.amp)/?$|(?<=/)amp/(?=.)", re.I)
_INDEX_PAGE = re.compile(r"/(index|default)\.(html?|php|aspx?)$", re.I)
_PREFIX = re.compile(r"^(www\d?|m|amp|mobile)\.(?=[^.]+\.)")
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


def web_address(url: str) -> str:
    """The address as it stands if it may become a link, an http or https one; otherwise an empty string.

    `http_url` mends what a publisher wrote, before it is stored; this judges what is shown and changes nothing of it.
    """
    return url if _WEB_ADDRESS.fullmatch(url) else ""


def canonical_url(url: str) -> str:
    """One form for the addresses of one page: a key to compare with, not an address to visit.

    Without scheme differences, `www.`, tracking parameters, AMP markers and caches, redirecting pages, versions of a
    paper, index pages, fragments and a trailing slash.
    """
    absolute = http_url(url)
    if not absolute:
        return ""
    parts = _led_on(urlsplit(absolute))
    host, path = _one_site(_without_www(parts.netloc), parts.path)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _is_tracking(name, value, host)
    ]
    if host == "youtu.be" and path.strip("/"):
        host, path, query = "youtube.com", "/watch", [("v", path.strip("/")), *query]
    elif host == "youtube.com" and (video := _SHORT_VIDEO.match(path)):
        path, query = "/watch", [("v", video[1]), *query]
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""  # a page of a script-driven site
    path = quote(path, safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit(("https", host, path, urlencode(sorted(query)), fragment))[:MAX_URL_CHARACTERS]


def _is_tracking(name: str, value: str, host: str) -> bool:
    if _TRACKING.fullmatch(name) or value.lower() in _TRACKING_VALUES:
        return True
    return name.lower() in _TRACKING_ON.get(".".join(host.split(".")[-2:]), ())


def _without_www(host: str) -> str:
    return _PREFIX.sub("", host)


def _one_site(host: str, path: str) -> tuple[str, str]:
    """Host and path under the name by which a site with several is compared."""
    if alias := _ALIASES.match(host):
        wiki = alias["wiki"]
        host = f"{wiki}.wikipedia.org" if wiki else "reddit.com" if alias["reddit"] else "x.com"
    if host.removeprefix("export.") == "arxiv.org" and (paper := _PAPER.match(path)):
        return "arxiv.org", f"/abs/{paper[1]}"
    return host, _INDEX_PAGE.sub("", _AMP_PATH.sub("", path)).rstrip("/")


def _led_on(parts: SplitResult) -> SplitResult:
    """The address to which a page of an aggregator, a cache or an archive leads; itself for all others."""
    place = _without_www(parts.netloc) + parts.path
    if _LEADS_ON.match(place):
        named = dict(parse_qsl(parts.query))
        target = next((http_url(named[name]) for name in _LEADS_ON_NAMES if name in named), "")
        return urlsplit(target) if target else parts
    if way := _PATH_LEADS_ON.match(place):
        target = http_url(f"https://{unquote(place[way.end() :])}" + (f"?{parts.query}" if parts.query else ""))
        return urlsplit(target) if target else parts
    return parts


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
