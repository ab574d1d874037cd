"""The apps of the API's tests, for the tests that ask for every page."""

from tests.api.conftest import town, visit

__all__ = ["town", "visit"]
