"""Every URL of the desk."""

from django.contrib import admin
from django.urls import include, path

handler500 = "newsdesk.site.keeping.middleware.fault"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("newsletter/", include("newsdesk.newsletter.urls")),
    path("", include("newsdesk.health.urls")),
    path("", include("newsdesk.site.urls")),
]
