"""ZIP archives as inputs: members are documents, and what cannot be taken is named, whatever the archive says."""

import io
import struct
import zipfile
from pathlib import Path

import msgspec
import pytest

from pipelines.capture import Document, capture
from pipelines.limits import MEGABYTE, Limits

LIMITS = Limits(workers=1, document_bytes=MEGABYTE, zip_ratio=10**6)
TEXT = "无关文本".encode()


def pack(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of members by their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def take(tmp_path: Path, content: bytes, limits: Limits = LIMITS) -> list[Document]:
    """The documents that the file `reports.zip` gives."""
    given = tmp_path / "reports.zip"
    given.write_bytes(content)
    return [item for item in capture([given], tmp_path / "archive", limits) if isinstance(item, Document)]


def refused(documents: list[Document]) -> tuple[str, str]:
    """Reason and detail of the one document that is rejected: the archive itself, as the last one."""
    assert [document.source_uri for document in documents if document.rejection is not None] == ["reports.zip"]
    rejection = documents[-1].rejection
    assert rejection is not None
    return rejection.reason, rejection.detail


def uris(documents: list[Document]) -> list[str]:
    """Where each document came from."""
    return [document.source_uri for document in documents]


def test_each_member_is_a_document(tmp_path: Path) -> None:
    members = {"2023/a.txt": b"a", "b.html": b"<html><p>b", "__MACOSX/a.txt": b"x", ".b": b"x", "2023/": b""}
    inner = pack({"c.txt": b"c", "innermost.ZIP": pack({"d.txt": b"d"})})
    documents = take(tmp_path, pack({**members, "inner": inner}))
    assert uris(documents) == [
        *("reports.zip!/2023/a.txt", "reports.zip!/b.html"),
        *("reports.zip!/inner!/c.txt", "reports.zip!/inner!/innermost.ZIP!/d.txt"),
    ]
    assert [document.path.read_bytes() for document in documents] == [b"a", b"<html><p>b", b"c", b"d"]
    assert [document.media_type for document in documents][1] == "text/html"
    assert all(document.rejection is None for document in documents)
    assert take(tmp_path, pack({"copy.txt": b"a"})) == documents[:1], "equal bytes are one document"


def test_names_without_the_flag_are_read_as_they_were_meant(tmp_path: Path) -> None:
    names = ("年度报告.txt", "部门/年度报告.txt", "a.txt")
    encoded = [names[0].encode("gbk"), names[1].encode(), b"2023\\a.txt"]
    places = {letter * len(name): name for letter, name in zip("QXZ", encoded, strict=True)}
    content = pack(places)
    for place, name in places.items():
        content = content.replace(place.encode(), name)
    assert uris(take(tmp_path, content)) == [f"reports.zip!/{name}" for name in (*names[:2], "2023/a.txt")]


@pytest.mark.parametrize("name", ["../../x.txt", "/etc/x.txt", "C:\\x.txt", "a/../../x.txt"])
def test_a_name_that_leads_out_is_refused_by_name(tmp_path: Path, name: str) -> None:
    documents = take(tmp_path, pack({"a.txt": b"a", name: b"x"}))
    assert uris(documents) == ["reports.zip!/a.txt", "reports.zip"]
    reason, detail = refused(documents)
    assert reason == "unsafe_archive"
    assert name.replace("\\", "/") in detail
    assert {path.name for path in tmp_path.iterdir()} == {"archive", "reports.zip"}


@pytest.mark.parametrize("name", [".", "./.", ".\\"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    documents = take(tmp_path, pack({"a.txt": b"a", name: b"x"}))
    assert uris(documents) == ["reports.zip!/a.txt", "reports.zip"]
    assert "has no name" in refused(documents)[1]


def test_an_empty_name_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, archive.open(zipfile.ZipInfo(""), "w") as member:
        member.write(b"x")
    assert "has no name" in refused(take(tmp_path, packed.getvalue()))[1]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_unpacks_any_size_at_once_is_refused(
    tmp_path: Path, method: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pack({"a.txt": b" " * 100 * MEGABYTE}, method)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)  # it is not even opened
    reason, detail = refused(take(tmp_path, content))
    assert reason == "unsafe_archive"
    assert "allowed are stored and deflated" in detail


def test_an_end_that_lies_nowhere_is_damage(tmp_path: Path) -> None:
    content = pack({"a.txt": b"a"})
    end = content.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 2**63, 1)
    documents = take(tmp_path, content[:end] + locator + content[end:])
    assert "no whole ZIP archive" in refused(documents)[1]


def test_an_encrypted_member_is_named_and_the_others_are_taken(tmp_path: Path) -> None:
    content = bytearray(pack({"a.txt": b"a", "secret.txt": b"x"}))
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.rfind(signature) + flags] |= 1
    documents = take(tmp_path, bytes(content))
    assert uris(documents) == ["reports.zip!/a.txt", "reports.zip"]
    assert refused(documents)[0] == "encrypted"
    assert "secret.txt" in refused(documents)[1]


def test_a_damaged_member_is_named_and_the_others_are_taken(tmp_path: Path) -> None:
    content = pack({"a.txt": b"a", "damaged.txt": b"correct", "c.txt": b"c"}, zipfile.ZIP_STORED)
    documents = take(tmp_path, content.replace(b"correct", b"altered"))
    assert uris(documents) == ["reports.zip!/a.txt", "reports.zip!/c.txt", "reports.zip"]
    assert "damaged.txt" in refused(documents)[1]


def test_a_member_that_is_too_large_is_never_unpacked_as_a_whole(tmp_path: Path) -> None:
    documents = take(tmp_path, pack({"large.txt": b" " * 3 * MEGABYTE, "b.txt": b"b"}))
    assert uris(documents) == ["reports.zip!/b.txt", "reports.zip"]
    assert refused(documents)[0] == "too_large"
    mixed = take(tmp_path, pack({"large.txt": b" " * 3 * MEGABYTE, "../b.txt": b"b"}))
    assert refused(mixed)[0] == "unsafe_archive"


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ({"zip_bytes": 2 * MEGABYTE}, "more than 2 MB"),
        ({"zip_ratio": 100}, "100 times"),
        ({"zip_members": 3}, "3 members"),
    ],
)
def test_an_archive_that_unpacks_to_too_much_is_stopped(tmp_path: Path, limit: dict[str, int], told: str) -> None:
    bomb = pack({f"{number}.txt": b"%d" % number + b" " * (MEGABYTE - 1) for number in range(9)})
    documents = take(tmp_path, pack({"bomb.zip": bomb}), msgspec.structs.replace(LIMITS, **limit))
    assert len(documents) <= 3
    assert refused(documents)[0] == "unsafe_archive"
    assert told in refused(documents)[1]


def test_archives_in_archives_have_an_end(tmp_path: Path) -> None:
    content = pack({"deepest.txt": TEXT})
    for number in range(5):
        content = pack({f"{number}.zip": content})
    documents = take(tmp_path, content)
    assert uris(documents) == ["reports.zip"]
    assert "deeper than 3" in refused(documents)[1]
    assert "4.zip!/3.zip!/2.zip" in refused(documents)[1]


def test_a_list_of_members_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    content = bytearray(pack({"a.txt": b"a"}))
    struct.pack_into("<L", content, content.rfind(b"PK\x05\x06") + 12, 2**31)
    for archive in (bytes(content), pack({"inner.zip": bytes(content)})):
        assert refused(take(tmp_path, archive))[0] == "unsafe_archive"
        assert "more than 65,534 members" in refused(take(tmp_path, archive))[1]


def test_an_archive_without_members_says_so(tmp_path: Path) -> None:
    documents = take(tmp_path, pack({"empty/": b""}))
    assert refused(documents)[0] == "empty"


def test_a_large_file_is_archived_block_by_block(tmp_path: Path) -> None:
    given = tmp_path / "large.txt"
    given.write_bytes(b"x" * 3 * MEGABYTE)
    (document,) = capture([given], tmp_path / "archive", LIMITS)
    assert isinstance(document, Document)
    assert (document.bytes, document.path.stat().st_size) == (3 * MEGABYTE, 3 * MEGABYTE)
    large = tmp_path / "large.zip"
    large.write_bytes(pack({"a.txt": b"a", "b.bin": bytes(MEGABYTE)}, zipfile.ZIP_STORED))
    members = [item for item in capture([large], tmp_path / "archive", LIMITS) if isinstance(item, Document)]
    assert uris(members) == ["large.zip!/a.txt", "large.zip!/b.bin"]
