"""Which company of a register a published name means: an index, candidates, evidence, and a calibrated choice."""
