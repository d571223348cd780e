"""What people decide about suppliers: the queue they work off, their answers, and when an answer has aged."""
