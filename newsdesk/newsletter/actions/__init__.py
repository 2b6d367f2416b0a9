"""What staff do to mailings, mails and addresses, one act a file."""
