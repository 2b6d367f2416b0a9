from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    name = "newsdesk.newsletter"
    label = "newsletter"
    verbose_name = "Newsletter"

    def ready(self) -> None:
        from newsdesk.newsletter import checks  # noqa: F401  (registers it)
        from newsdesk.newsletter.people import bounces  # noqa: F401  (connects it)
