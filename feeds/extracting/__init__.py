"""From a publisher's page to an article's readable text, or the reason why there is none."""
