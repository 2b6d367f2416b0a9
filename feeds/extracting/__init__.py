"""From an entry's page to an article's readable text, or the reason why the page was refused."""
