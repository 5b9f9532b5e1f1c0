"""How declarations are read: what is wrong with one is told by its file, the key, and what to do.

Everything declared is read through :func:`read_declared`, :func:`convert_declared` and :func:`declared_in`, so that a
mistake in any file is the same kind of error.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

ROOT = Path(__file__).resolve().parent.parent
Json = dict[str, Any]
Place = tuple[str | int, ...]
T = TypeVar("T")
_STEP = re.compile(r"\[\.\.\.\]|\[(\d+)\]|\.([^.\[]+)")
_UNNAMED = "[...]"  # what msgspec says instead of a key


class DeclarationError(ValueError):
    """A declared file cannot be used; the message names the file, the key and what to do."""

    def __init__(self, problem: str, path: Path | None = None) -> None:
        """Take the problem and its file; without one, :func:`declared_in` names it."""
        super().__init__(problem if path is None else f"{shown_path(path)}: {problem}")
        self.path = path


def shown_path(path: Path) -> str:
    """A file as messages name it: from the project's folder, if it lies there."""
    resolved = path.resolve()
    return str(resolved.relative_to(ROOT) if resolved.is_relative_to(ROOT) else path)


@contextmanager
def declared_in(path: Path) -> Iterator[None]:
    """Whatever cannot be made of a file's content inside is told as an error of that file.

    Raises:
        DeclarationError: the content cannot be used; of the kind raised inside, if that was one already.
    """
    try:
        yield
    except DeclarationError as error:
        if error.path is not None:
            raise
        raise type(error)(str(error), path) from error
    except OSError as error:
        raise DeclarationError(f"it cannot be read ({error.strerror}); put the file there, readable", path) from error
    except KeyError as error:
        problem = f"there is no `{error.args[0]}` where one is needed; add it, or correct what names it"
        raise DeclarationError(problem, path) from error
    except (ValueError, TypeError, AttributeError, IndexError, re.error, csv.Error) as error:
        problem = f"{_on_one_line(error)}; it has not the declared shape: compare it with the files beside it"
        raise DeclarationError(problem, path) from error


def _on_one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


class _EachKeyOnce(yaml.CSafeLoader):
    """A loader for which a key that stands twice in one mapping is an error, not the end of the first."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Look at the keys as they are written, before those merged by `<<`, which they may override, join them."""
        written = node.__dict__.setdefault("written", list(node.value))
        seen = set[str]()
        for key in (key for key, _value in written if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                problem = f"the key `{key.value}` stands here a second time"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        super().flatten_mapping(node)


def read_declared(path: Path) -> Any:  # noqa: ANN401 - whatever YAML holds
    """The content of a YAML file.

    Raises:
        DeclarationError: it cannot be read, is no YAML, or has a key twice.
    """
    with declared_in(path):
        try:
            return yaml.load(path.read_bytes(), _EachKeyOnce)  # noqa: S506 - a safe loader
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
            problem = getattr(error, "problem", None) or _on_one_line(error)
            raise DeclarationError(f"{where}{problem}; correct that line") from error


def read_mapping(path: Path) -> Json:
    """The content of a YAML file of keys and values.

    Raises:
        DeclarationError: it cannot be read, is no YAML, or holds something else.
    """
    content = read_declared(path)
    if not isinstance(content, dict):
        found = "nothing" if content is None else f"a {type(content).__name__}"
        raise DeclarationError(f"it holds {found}, not keys with values; compare it with the files beside it", path)
    return content


def convert_declared(content: object, kind: type[T], at: Sequence[str] = ()) -> T:
    """Declared content as a typed value; `at` are the keys under which it stands in its file.

    Raises:
        DeclarationError: it has an unknown key, lacks one or has a value of the wrong type; the message names the
            key, and :func:`declared_in` the file.
    """
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at `")
        place = [*at, *map(str, _find_place(content, kind, str(error), where.removesuffix("`")))]
        named = f"{'.'.join(place)}: " if place else ""
        raise DeclarationError(f"{named}{problem}; correct the declaration") from error


def _find_place(content: object, kind: Any, message: str, where: str) -> Place:  # noqa: ANN401 - msgspec's types
    """The keys that lead to what is wrong: those which msgspec leaves unnamed are the ones that fail alone."""
    place: Place = ()
    for step in _STEP.finditer(where):
        if step[0] != _UNNAMED:
            place = (*place, int(step[1]) if step[1] else step[2])
            continue
        holder = _at(content, place)
        entries = holder.items() if isinstance(holder, dict) else ()
        alone = (key for key, entry in entries if _fails(_put(content, place, {key: entry}), kind, message))
        key = next(alone, None)
        if key is None:
            return place
        place = (*place, key)
    return place


def _fails(content: object, kind: Any, message: str) -> bool:  # noqa: ANN401 - msgspec's types
    try:
        msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        return str(error) == message
    return False


def _at(content: Any, place: Place) -> Any:  # noqa: ANN401 - whatever YAML holds
    for key in place:
        content = content[key]
    return content


def _put(content: Any, place: Place, value: object) -> Any:  # noqa: ANN401 - whatever YAML holds
    """The content with another value at a place; the content itself stays."""
    if not place:
        return value
    key, rest = place[0], place[1:]
    copied = list(content) if isinstance(content, list) else dict(content)
    copied[key] = _put(content[key], rest, value)  # type: ignore[index]
    return copied
