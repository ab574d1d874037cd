"""Imports point downwards only, lazy ones too."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import punt
from punt.settings import ROOT

LAYERS = (
    {"app"},
    {"pages", "api", "cli"},
    {"services", "checks", "demo"},
    {"web", "transfer.export"},
    {"transfer.boards"},
    {"access", "transfer"},
    {"inputs"},
    {"models"},
    {"events"},
    {"database"},
    {"heavy"},
    {"settings", "revisions", "addresses", "errors", "language"},
)
"""The packages by layer, top first; a module imports its own layer and those below."""
PACKAGES = frozenset().union(*LAYERS)

NO_FLASK = ("flask", "flask_login", "flask_sqlalchemy", "flask_migrate", "werkzeug")
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "punt").rglob("*.py"))
}
MODULES = [name for name in SOURCES if not name.startswith("punt.migrations")]


def imports(name: str) -> set[str]:
    """List what a module imports, anywhere in it: dotted names, including the names imported from a module."""
    tree = ast.parse(SOURCES[name].read_text())
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def package_of(name: str) -> str | None:
    """Return the package that a dotted name belongs to, or what would be one."""
    top, *pieces = name.split(".")
    if top != "punt" or not pieces:
        return None
    within = ".".join(pieces[:2])
    return within if within in PACKAGES else pieces[0]


def depth_of(name: str) -> int:
    """Return the depth of a package's layer."""
    return next(depth for depth, layer in enumerate(LAYERS) if name in layer)


def test_every_module_can_be_imported_by_itself() -> None:
    names = {module.name for module in pkgutil.walk_packages(punt.__path__, "punt.")}

    for name in sorted(names - {"punt.migrations.env"}):
        importlib.import_module(name)

    assert set(MODULES) - {"punt"} <= names


def test_every_package_has_its_layer() -> None:
    assert {package_of(name) for name in MODULES} - {None} == PACKAGES


@pytest.mark.parametrize("name", [name for name in MODULES if name != "punt"])
def test_imports_point_downwards_only(name: str) -> None:
    own = package_of(name)
    assert own

    wrong = [each for each in imports(name) if (other := package_of(each)) and depth_of(other) < depth_of(own)]

    assert not wrong


def test_packages_do_not_import_each_other_in_a_cycle() -> None:
    edges = {(package_of(name), package_of(each)) for name in MODULES for each in imports(name)}
    below = {name: {other for own, other in edges if own == name and other not in {None, name}} for name in PACKAGES}

    order = TopologicalSorter(below).static_order()  # which raises CycleError

    assert set(order) == PACKAGES


@pytest.mark.parametrize("name", [name for name in MODULES if package_of(name) == "models"])
def test_models_know_nothing_of_flask(name: str) -> None:
    assert not [each for each in imports(name) if each.split(".")[0] in NO_FLASK]


@pytest.mark.parametrize("name", [name for name in MODULES if package_of(name) == "events"])
def test_the_pipeline_knows_no_model_no_view_and_no_request(name: str) -> None:
    allowed = {"flask.Flask", "flask.current_app"} if name == "punt.events.pipeline" else set()

    used = {each for each in imports(name) if not each.startswith("punt.heavy.slices.")}

    assert not [each for each in used if package_of(each) not in {None, "events", "database", "settings", "errors"}]
    assert not [each for each in used if each.split(".")[0] in NO_FLASK and each not in allowed]


def test_only_views_and_what_serves_them_know_the_request() -> None:
    about_requests = {"flask.request", "flask.session", "flask.g", "flask_login.current_user"}

    users = {name for name in MODULES if package_of(name) not in {"api", "pages"} and imports(name) & about_requests}

    assert users == {
        "punt.access.identity",
        "punt.access.limits",
        "punt.access.tokens",
        "punt.inputs.base",
        "punt.services.sign_in",
        "punt.web.assets",
        "punt.web.compression",
        "punt.web.cookies",
        "punt.web.languages",
        "punt.web.replies",
        "punt.web.retries",
        "punt.web.security",
        "punt.web.submissions",
        "punt.web.uploads",
    }


@pytest.mark.parametrize("package", ["access", "events", "heavy", "services", "web"])
def test_the_map_names_every_module_of_a_package(package: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    table = page.partition(f"| module of `punt/{package}/` |")[2].partition("\n\n")[0]

    named = re.findall(r"^\| `(\w+)\.py`", table, re.MULTILINE)

    assert sorted(named) == sorted(path.stem for path in (ROOT / "punt" / package).glob("[a-z]*.py"))


STREAMING = {"punt.api.streams", "punt.api.health"}
"""The views that are about the pipeline itself."""


def test_views_never_speak_of_events() -> None:
    views = [name for name in MODULES if package_of(name) == "api" and name not in STREAMING]

    used = {each for name in views for each in imports(name) if package_of(each) == "events"}

    assert used <= {"punt.events.log.iso"}


def test_the_check_sees_lazy_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "lazy.py"
    module.write_text("def late():\n    if True:\n        from punt.api import tickets\n")
    monkeypatch.setitem(SOURCES, "punt.models.lazy", module)

    assert imports("punt.models.lazy") == {"punt.api.tickets"}
