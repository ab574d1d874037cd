"""Work that would block a worker: in threads, in processes, in slices, one at a time, and with deadlines."""
