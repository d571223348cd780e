"""The sample county: synthetic payment files of six bodies, an invented register, and the truth of both."""
