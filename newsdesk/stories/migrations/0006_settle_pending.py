from django.db import migrations
from django.db.models import Max, OuterRef, Q, Subquery

# A transaction each: workers that run meanwhile wait for a fraction of a second.
BATCH_IDS = 5_000


def settle(apps, schema_editor):
    """Let the rows that stand say what is pending; killed half-way, it can be run again."""
    articles = apps.get_model('feeds', 'Article').objects
    prints = apps.get_model('stories', 'Fingerprint').objects
    of_entry = prints.filter(entry=OuterRef('entry')).values('text')[:1]
    for start in _starts(articles):
        batch = articles.filter(pk__gte=start, pk__lt=start + BATCH_IDS, entry__fingerprint__isnull=False)
        batch.update(taken_text=Subquery(of_entry))
    for start in _starts(prints):
        batch = prints.filter(pk__gte=start, pk__lt=start + BATCH_IDS)
        waits = Q(entry__is_news=True, entry__coverage__isnull=True)
        batch.filter(~waits, awaits_clustering=True).update(awaits_clustering=False)
        batch.filter(waits, awaits_clustering=False).update(awaits_clustering=True)


def _starts(rows):
    return range(0, (rows.aggregate(last=Max('pk'))['last'] or 0) + 1, BATCH_IDS)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('feeds', '0004_settle_pending'),
        ('stories', '0005_pending'),
    ]

    operations = [
        migrations.RunPython(settle, migrations.RunPython.noop, elidable=True),
    ]
