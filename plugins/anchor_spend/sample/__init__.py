"""The sample county: synthetic payment files of its bodies, an invented register, and the truth of both."""
