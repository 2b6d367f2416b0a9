from django.db import migrations, models

from feeds.migrations._columns import AddPendingFlag


class Migration(migrations.Migration):

    dependencies = [
        ('feeds', '0003_pending'),
        ('stories', '0004_unsure'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='story',
            name='story_unclassified',
        ),
        AddPendingFlag(
            model_name='fingerprint',
            name='awaits_clustering',
            field=models.BooleanField(db_default=True, default=True, help_text='It is news in no story yet.'),
        ),
        migrations.AddIndex(
            model_name='fingerprint',
            index=models.Index(condition=models.Q(('awaits_clustering', True)), fields=['entry'], name='fingerprint_awaits_clustering'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('classified_version__lt', models.F('version')), ('merged_into', None)), fields=['merged_into', 'first_seen_at', 'id'], name='story_to_classify'),
        ),
    ]
