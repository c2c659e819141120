"""In which language payees read the PDF of their statements."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('royalty', '0019_usage_holds'),
    ]

    operations = [
        migrations.AddField(
            model_name='payeeterms',
            name='language',
            field=models.CharField(choices=[('en-GB', 'English (United Kingdom)'), ('en-US', 'English (United States)'), ('de-DE', 'Deutsch (Deutschland)'), ('de-AT', 'Deutsch (Österreich)'), ('de-CH', 'Deutsch (Schweiz)')], default='en-GB', help_text='Of the PDF of statements.', max_length=5),
        ),
    ]
