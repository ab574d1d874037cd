"""PUNT behind common proxies, with the blocks of ``deploy/proxies.md``."""
