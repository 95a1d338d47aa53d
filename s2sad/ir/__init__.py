"""The intermediate representation of s2sad; see ``nodes`` for the statements and ``docs/ir.md`` for their meaning."""
