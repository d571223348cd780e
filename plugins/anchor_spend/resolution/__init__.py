"""Which company of a register a published name means: index, candidates, evidence, calibrated choice."""
