from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feeds', '0004_settle_pending'),
    ]

    operations = [
        migrations.AddField(
            model_name='feed',
            name='answers_since',
            field=models.DateTimeField(blank=True, help_text='It has answered from here to the last success without a long gap.', null=True),
        ),
        migrations.AddField(
            model_name='feed',
            name='answered_before',
            field=models.DateTimeField(blank=True, help_text='Its last answer before that gap.', null=True),
        ),
    ]
