"""An editor at the desk, and the form for a feed."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from feeds.models import Feed
from feeds.models import Publisher as PublisherRow

FEED = "application/rss+xml"
ADD = "/admin/feeds/feed/add/"
PAGE = (
    b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed">'
    b'<link rel="alternate" type="application/atom+xml" href="/atom">'
)


def editor(*rights: str) -> Client:
    """Somebody logged in with these rights on publishers and feeds."""
    user = User.objects.create_user(f"person{User.objects.count()}", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights, content_type__app_label="feeds"))
    client = Client()
    client.force_login(user)
    return client


def form(owner: PublisherRow, url: str, **fields: str) -> dict[str, str]:
    return {"publisher": str(owner.pk), "url": url, "title": "", "is_active": "on", **fields}


def change_url(feed: Feed) -> str:
    return reverse("admin:feeds_feed_change", args=[feed.pk])
