"""The addresses of readers' pages."""

from django.urls import path, re_path

from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.site.views import digests, drafts, plain, stories

DAY = "(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})"
WEEKLY = {"edition": WEEKLY_EDITION}

app_name = "site"
urlpatterns = [
    path("", digests.front, name="front"),
    re_path(rf"^{DAY}/$", digests.dated, name="digest"),
    re_path(rf"^{DAY}\.json$", digests.json_twin, name="json"),
    re_path(rf"^{DAY}\.txt$", digests.text_twin, name="text"),
    path("weekly/", digests.front, WEEKLY, name="weekly"),
    re_path(rf"^weekly/{DAY}/$", digests.dated, WEEKLY, name="weekly-digest"),
    re_path(rf"^weekly/{DAY}\.json$", digests.json_twin, WEEKLY, name="weekly-json"),
    re_path(rf"^weekly/{DAY}\.txt$", digests.text_twin, WEEKLY, name="weekly-text"),
    path("preview/", digests.preview, name="preview"),
    path("drafts/<int:digest_id>/", drafts.draft, name="draft"),
    path("feed.xml", digests.feed, name="feed"),
    path("archive/", digests.archive, name="archive"),
    re_path(r"^archive/(?P<year>[0-9]{4})/$", digests.archive, name="archive-year"),
    path("story/<str:public_id>/", stories.story, name="story"),
    path("theme/<slug:slug>/", stories.theme, name="theme"),
    path("search/", stories.search, name="search"),
    path("sources/", stories.sources, name="sources"),
    path("about/", plain.about, name="about"),
    path("robots.txt", plain.robots, name="robots"),
    path("favicon.ico", plain.favicon, name="favicon"),
]
