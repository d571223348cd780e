"""What benchmarks/resolve.py is made of: labels, methods, scores, trials, the page and the guard."""
