from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    name = "newsdesk.newsletter"
    label = "newsletter"
    verbose_name = "Newsletter"

    def ready(self) -> None:
        from newsdesk.newsletter import bounces, checks  # noqa: F401  (connects the one, registers the other)
