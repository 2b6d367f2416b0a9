"""Every URL of the desk."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("newsletter/", include("newsdesk.newsletter.urls")),
    path("", include("newsdesk.site.urls")),
]
