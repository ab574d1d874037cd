"""The audit trail: what is kept of which change, and how it is written in the transaction of that change."""
