from django.db import migrations, models

from feeds.migrations._columns import AddColumn, AddPendingFlag


class Migration(migrations.Migration):

    dependencies = [
        ('feeds', '0002_health'),
    ]

    operations = [
        migrations.CreateModel(
            name='HostClaim',
            fields=[
                ('name', models.CharField(help_text='What for, host and port.', max_length=255, primary_key=True, serialize=False)),
                ('holder', models.CharField(blank=True, max_length=32)),
                ('claimed_until', models.DateTimeField()),
            ],
        ),
        AddColumn(
            model_name='article',
            name='taken_text',
            field=models.CharField(blank=True, db_default='', default='', help_text='The text that later stages have taken up.', max_length=64),
        ),
        AddPendingFlag(
            model_name='entry',
            name='awaits_extraction',
            field=models.BooleanField(db_default=True, default=True, help_text='It has no article outcome yet.'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('taken_text', models.F('text')), _negated=True), fields=['entry'], name='article_untaken'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['extracted_at'], name='article_extracted'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('awaits_extraction', True)), fields=['id'], name='entry_awaits_extraction'),
        ),
    ]
