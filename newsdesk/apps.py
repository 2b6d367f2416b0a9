from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class NewsdeskConfig(AppConfig):
    name = "newsdesk"
    label = "newsdesk"
    verbose_name = "Newsdesk"

    def ready(self) -> None:
        from newsdesk import checks  # noqa: F401  (registers them)


class DeskAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the desk's own site; `admin.site` and `@admin.register` mean that one."""

    default = False
    default_site = "newsdesk.desk.admin_site.DeskSite"
