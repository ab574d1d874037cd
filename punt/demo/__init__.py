"""The sample that ``flask demo`` loads: what it says is in the TOML files, how it gets in is in ``load``."""
