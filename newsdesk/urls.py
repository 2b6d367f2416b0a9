"""Every URL of the desk."""

from django.contrib import admin
from django.urls import include, path

admin.site.site_header = admin.site.site_title = "Newsdesk"
admin.site.index_title = "The desk"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("newsletter/", include("newsdesk.newsletter.urls")),
    path("", include("newsdesk.site.urls")),
]
