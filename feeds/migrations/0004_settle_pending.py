from django.db import migrations
from django.db.models import Max

# A transaction each: workers that run meanwhile wait for a fraction of a second.
BATCH_IDS = 5_000


def settle(apps, schema_editor):
    """Let the rows that stand say whether an article is awaited; killed half-way, it can be run again."""
    entries = apps.get_model('feeds', 'Entry').objects
    last = entries.aggregate(last=Max('pk'))['last'] or 0
    for start in range(0, last + 1, BATCH_IDS):
        batch = entries.filter(pk__gte=start, pk__lt=start + BATCH_IDS)
        batch.filter(awaits_extraction=True, article__isnull=False).update(awaits_extraction=False)
        batch.filter(awaits_extraction=False, article__isnull=True).update(awaits_extraction=True)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('feeds', '0003_pending'),
    ]

    operations = [
        migrations.RunPython(settle, migrations.RunPython.noop, elidable=True),
    ]
