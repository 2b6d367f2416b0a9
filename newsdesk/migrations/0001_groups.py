"""The groups that every installation has: viewer, editor and sender, each with what it may do."""

from django.db import migrations
from django.utils.text import camel_case_to_spaces

# What a viewer may see: everything that concerns no subscriber.
VIEWED = {
    "feeds": ("Publisher", "Feed", "Entry", "Article", "ArticleText", "HostClaim"),
    "journal": ("Change",),
    "llm": ("Completion", "DailySpend", "Pause"),
    "stories": ("Story", "Coverage", "Constraint", "Fingerprint", "FingerprintKey", "Lease", "Vector"),
    "digests": ("Edition", "Digest", "DigestItem", "Summary", "Correction", "Gap", "Preview", "Sequel"),
}
MAILED = ("Subscriber", "Suppression", "Outbox", "Mailing", "Delivery", "Letter", "MailEvent", "Attempt")

# Permissions of our own, with the names that the models give them.
NAMED = {
    "approve_digest": "Can approve a digest and withdraw the approval",
    "publish_digest": "Can publish a digest",
    "send_mailing": "Can start, pause, resume and test mailings",
    "resolve_delivery": "Can resolve unknown deliveries",
}

VIEWER = [(app, model, "view") for app, models in VIEWED.items() for model in models]
EDITOR = [
    *VIEWER,
    ("feeds", "Publisher", "add"),
    ("feeds", "Publisher", "change"),
    ("feeds", "Feed", "add"),
    ("feeds", "Feed", "change"),
    ("stories", "Story", "change"),
    ("digests", "Digest", "change"),
    ("digests", "Digest", "approve_digest"),
    ("digests", "Digest", "publish_digest"),
    ("digests", "Correction", "add"),
]
SENDER = [
    *VIEWER,
    *(("newsletter", model, "view") for model in MAILED),
    ("newsletter", "Mailing", "send_mailing"),
    ("newsletter", "Delivery", "resolve_delivery"),
    ("newsletter", "Suppression", "change"),
]
GROUPS = {"viewer": VIEWER, "editor": EDITOR, "sender": SENDER}


def make_groups(apps, schema_editor):
    """Make the groups and give them what they lack; what an administrator gave them besides stays.

    Django makes the rows of permissions after the last migration only; those made here it finds and does not double.
    """
    Group = apps.get_model("auth", "Group")
    for name, rights in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(_permission(apps, *right) for right in rights))


def _permission(apps, app, model, act):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model.lower())
    codename = act if act in NAMED else f"{act}_{model.lower()}"
    name = NAMED.get(act) or f"Can {act} {camel_case_to_spaces(model)}"
    permission, _ = Permission.objects.get_or_create(
        content_type_id=content_type.pk, codename=codename, defaults={"name": name}
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("feeds", "0001_initial"),
        ("journal", "0001_initial"),
        ("llm", "0001_initial"),
        ("stories", "0002_editing"),
        ("digests", "0004_weekly"),
        ("newsletter", "0001_initial"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
