"""What happened: dedupe, cluster, classify, thread, rank."""
