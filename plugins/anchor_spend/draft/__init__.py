"""A first publisher spec and sample, proposed from one of a body's own files.

In: the bytes of a file, or a listing page's address. Out: a Draft: the spec as YAML, every guess with its
evidence and confidence, and questions where a guess is not safe. Nothing real is copied into samples.
"""
