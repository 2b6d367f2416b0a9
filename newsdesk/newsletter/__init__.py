"""Who reads the digest by mail: subscribe, render, deliver, bounces."""
