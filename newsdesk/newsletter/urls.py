"""The newsletter's public addresses."""

from django.conf import settings
from django.urls import include, path

from newsdesk.newsletter import views
from newsdesk.newsletter.people.webhooks import webhook_urls

app_name = "newsletter"
urlpatterns = [
    path("", views.subscribe, name="subscribe"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("preferences/<str:token>/", views.preferences, name="preferences"),
    path("preferences/<str:token>/export/", views.export, name="export"),
    path("preferences/<str:token>/erase/", views.erase, name="erase"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("webhooks/", include(webhook_urls(settings.EMAIL_ESP, settings.EMAIL_ESP_SETTINGS))),
]
