"""The real programs written with torch operations: ``reference(*args)`` gives the value on tensors of float64."""
