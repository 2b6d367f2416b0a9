"""The groups get what they lack since they were made: viewers may see what became of published items."""

from importlib import import_module

from django.db import migrations

make_groups = import_module("newsdesk.migrations.0001_groups").make_groups


class Migration(migrations.Migration):
    dependencies = [
        ("newsdesk", "0003_groups_watching"),
        ("digests", "0009_sequels"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
