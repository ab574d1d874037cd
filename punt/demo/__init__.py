"""The sample data that ``flask demo`` loads: its content is in the TOML files, ``load`` brings it into the database."""
