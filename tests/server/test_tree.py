"""Scripts folders that are links: a ConfigMap as Kubernetes mounts it, read as one version whatever happens meanwhile."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from keystone_lua.cli import main
from keystone_lua.routing.scripts import ScriptStore, read_script
from keystone_lua.routing.scripts_folder import ScriptsFolderError, read_folder
from keystone_lua.routing.tree import DATA, Tree, steady
from keystone_lua.server.scripts.reload import Watch
from tests.server.support import write_scripts

SCRIPT = 'local shared = require "shared"\nfunction on_route_request() return {selected_backend = shared.name} end\n'


class Mount:
    """A folder as kubelet writes it: links to ``..data``, itself a link, which a swap renames."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._versions = 0
        self._current: Path | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def swap(self, files: Mapping[str, str]) -> None:
        """Put another version in force, and remove the one before, as kubelet's AtomicWriter does."""
        self._versions += 1
        version = self.folder / f"..2026_11_30_{self._versions:06d}"
        write_scripts(version, dict(files))
        draft = self.folder / "..data_tmp"
        draft.symlink_to(version.name)
        draft.rename(self.folder / DATA)
        names = {name.split("/", 1)[0] for name in files}
        for name in names:
            if not (self.folder / name).is_symlink():
                (self.folder / name).symlink_to(f"{DATA}/{name}")
        for link in self.folder.iterdir():
            if link.is_symlink() and link.name != DATA and link.name not in names:
                link.unlink()
        if self._current is not None:
            shutil.rmtree(self._current)
        self._current = version


def version(number: int, scripts: int = 1) -> dict[str, str]:
    """A version in which every file says ``number``."""
    return {
        **{f"t{place}.lua": f"-- {number}\n{SCRIPT}" for place in range(scripts)},
        "lib/shared.lua": f'return {{name = "{number}"}}\n',
    }


@pytest.fixture
def mount(tmp_path: Path) -> Mount:
    made = Mount(tmp_path / "scripts")
    made.swap(version(1))
    return made


@contextmanager
def swapping(mount: Mount, scripts: int) -> Iterator[None]:
    """Swap versions for as long as the block takes."""
    done = threading.Event()

    def swap() -> None:
        number = 1
        while not done.is_set():
            number += 1
            mount.swap(version(number, scripts))
            done.wait(0.01)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_config_map_with_lib_loads(mount: Mount) -> None:
    store = ScriptStore(mount.folder)
    assert store.reload().errors == ()
    assert list(store.current.programs) == ["t0"]
    assert list(store.current.sources["t0"].modules) == ["shared"]


def test_lib_mounted_by_itself(tmp_path: Path) -> None:
    write_scripts(tmp_path / "scripts", {"t0.lua": SCRIPT})
    Mount(tmp_path / "scripts" / "lib").swap({"shared.lua": 'return {name = "1"}\n'})
    assert ScriptStore(tmp_path / "scripts").reload().errors == ()


def test_a_folder_of_a_config_map(tmp_path: Path) -> None:
    """``--scripts`` names a folder that is itself a link through ``..data``."""
    mount = Mount(tmp_path / "config")
    mount.swap({f"lua/{name}": text for name, text in version(1).items()})
    assert ScriptStore(mount.folder / "lua").reload().errors == ()


def test_a_file_of_ones_own_beside_the_mount(mount: Mount) -> None:
    (mount.folder / "own.lua").write_text(SCRIPT)
    assert sorted(ScriptStore(mount.folder).reload().programs) == ["own", "t0"]


def test_every_read_beside_swaps_is_of_one_version(tmp_path: Path) -> None:
    mount = Mount(tmp_path / "scripts")
    mount.swap(version(1, 20))
    read = 0
    with swapping(mount, 20):
        for _ in range(30):
            try:
                folder = read_folder(mount.folder)
            except ScriptsFolderError as error:
                assert "keeps changing" in str(error)  # noqa: PT017  # the other good outcome
                continue
            read += 1
            assert folder.errors == ()
            assert not folder.unreadable
            assert len(folder.scripts) == 20
            numbers = {source.split(b"\n")[0][3:] for source in folder.scripts.values()}
            assert len(numbers) == 1
            assert folder.modules["shared"] == b'return {name = "%s"}\n' % numbers.pop()
    assert read > 0


def test_a_script_and_its_modules_are_of_one_version(tmp_path: Path) -> None:
    mount = Mount(tmp_path / "scripts")
    mount.swap(version(1))
    with swapping(mount, 1):
        for _ in range(30):
            try:
                source, modules = read_script(mount.folder / "t0.lua")
            except ScriptsFolderError:
                continue
            assert modules["shared"] == b'return {name = "%s"}\n' % source.split(b"\n")[0][3:]


def test_a_version_that_goes_while_it_is_read_is_read_again(mount: Mount) -> None:
    readings = []

    def read(tree: Tree) -> int:
        tree.entries(tree.root)
        readings.append(tree)
        if len(readings) == 1:
            mount.swap(version(2))
            raise FileNotFoundError  # as a file of the version before is by now
        return len(readings)

    assert steady(mount.folder, read) == 2


def test_a_folder_that_never_rests_is_refused(mount: Mount) -> None:
    numbers = iter(range(2, 100))

    def read(tree: Tree) -> None:
        tree.entries(tree.root)
        mount.swap(version(next(numbers)))

    with pytest.raises(OSError, match="keeps changing"):
        steady(mount.folder, read)


def test_the_watch_sees_a_swap(mount: Mount) -> None:
    watch = Watch(mount.folder)
    assert not watch.changed()
    mount.swap(version(2))
    assert [watch.changed(), watch.changed(), watch.changed()] == [False, True, False]


def test_a_version_outside_the_folder_is_not_followed(tmp_path: Path) -> None:
    write_scripts(tmp_path / "elsewhere", {"t0.lua": SCRIPT})
    folder = write_scripts(tmp_path / "scripts", {})
    (folder / DATA).symlink_to("../elsewhere")
    (folder / "t0.lua").symlink_to(f"{DATA}/t0.lua")
    assert ScriptStore(folder).reload().errors == ("t0.lua: links outside the scripts folder",)


def test_check_test_and_diff_read_it_too(mount: Mount, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = 'function test_it()\n  assert_equal(route("t0", {}).selected_backend, "1")\nend\n'
    mount.swap({**version(1), "tests/t0_test.lua": test})
    assert main(["check", str(mount.folder)]) == 0
    assert capsys.readouterr().out.startswith("3 files checked, 0 with errors")
    assert main(["test", str(mount.folder)]) == 0
    assert "1 passed" in capsys.readouterr().out
    other = Mount(tmp_path / "other")
    other.swap(version(2))
    requests = tmp_path / "requests"
    write_scripts(requests, {})
    (requests / "one.json").write_text("{}")
    for old, new in ((mount.folder, other.folder), (mount.folder / "t0.lua", other.folder / "t0.lua")):
        assert main(["diff", str(old), str(new), "--tenant", "t0", "--requests", str(requests)]) == 0
        assert "backend 1  backend 2         1" in capsys.readouterr().out


def test_run_takes_the_module_of_the_script(mount: Mount, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "request.json").write_text("{}")
    assert main(["run", str(mount.folder / "t0.lua"), "--request", str(tmp_path / "request.json")]) == 0
    assert '"selected_backend": "1"' in capsys.readouterr().out


def test_links_are_still_not_entered_elsewhere(tmp_path: Path) -> None:
    write_scripts(tmp_path / "elsewhere", {"x.lua": SCRIPT})
    folder = write_scripts(tmp_path / "scripts", {})
    (folder / "more").symlink_to("../elsewhere")
    assert ScriptStore(folder).reload().errors == ("more: linked folders are not followed",)
