"""What would keep a worker busy for long: in threads, in processes, in slices, one at a time, and cut short."""
