"""PUNT behind the proxies that people use, with the blocks of ``deploy/proxies.md``."""
