from django.apps import AppConfig
from django.conf import settings


class StoriesConfig(AppConfig):
    name = "newsdesk.stories"
    label = "stories"
    verbose_name = "Stories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from newsdesk.stories.entities.find import read_also

        read_also(settings.ENTITIES_FILE)
