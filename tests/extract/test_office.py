"""Formats that LibreOffice converts: read where it is installed, refused with what to install where it is not."""

import io
import os
import stat
import time
import zipfile
from pathlib import Path

import pytest

from pipelines.extract.document import extract_document
from pipelines.extract.errors import Unreadable
from pipelines.extract.readers.media_types import DOC, RTF, WORKS, XLSB, detect_media_type
from pipelines.extract.readers.office import convert, find_office
from pipelines.extract.readers.registry import read_pieces
from pipelines.extract.readers.tools import list_tools
from tests.extract.old_workbook import write_ole

WORD_RTF = rb"{\rtf1\ansi\uc0 {\u26631\u39064}\par\trowd\cellx1000\cellx2000 12\cell 34\cell\row\pard end\par}"


def fake_office(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program in the place of LibreOffice."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_document_is_converted_or_refused_with_what_to_install() -> None:
    assert detect_media_type(WORD_RTF, "report.doc") == RTF
    if find_office() is None:
        with pytest.raises(Unreadable, match=r"missing_tool.*install libreoffice-writer"):
            read_pieces(WORD_RTF, RTF)
    else:
        texts = [piece.text for piece in read_pieces(WORD_RTF, RTF) if piece.text]
        assert texts == ["标题", "12", "34", "end"]


def test_without_libreoffice_the_rejection_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    document = extract_document(write_ole({"WordDocument": bytes(64)}), "report.doc", "2024-03-01")
    assert document.document.media_type == DOC
    assert document.rejection is not None
    assert document.rejection.reason == "missing_tool"
    assert "libreoffice-writer" in document.rejection.detail
    assert list_tools() == [name for name in list_tools() if name != "office"]


def binary_workbook() -> bytes:
    """A workbook whose parts are binary, as `.xlsb` has them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", bytes(64))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "media_type", "package"),
    [
        (write_ole({"WordDocument": bytes(64)}), "report.wps", DOC, "libreoffice-writer"),
        (write_ole({"MatOST": b"1"}), "report.wps", WORKS, "libreoffice-writer"),
        (binary_workbook(), "report.xlsx", XLSB, "libreoffice-calc"),
    ],
)
def test_a_wps_file_and_a_binary_workbook_are_known_by_content_and_name_what_reads_them(
    content: bytes, name: str, media_type: str, package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    document = extract_document(content, name, "2024-03-01")
    assert document.document.media_type == media_type
    assert document.rejection is not None
    assert document.rejection.reason == "missing_tool"
    assert package in document.rejection.detail


def test_documents_are_known_by_their_streams() -> None:
    assert detect_media_type(write_ole({"MatOST": b"1", "MN0": b"2"}), "report.doc") == WORKS
    encrypted = write_ole({"WordDocument": bytes(10) + b"\x00\x01" + bytes(52)})
    with pytest.raises(Unreadable, match="encrypted"):
        read_pieces(encrypted, DOC)


def test_a_conversion_that_hangs_is_ended_with_all_its_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_office(tmp_path, monkeypatch, f"sleep 600 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(Unreadable, match="time_limit"):
        convert(b"x", "doc", "docx", seconds=1)
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not is_running(child):
            break
        time.sleep(0.05)
    assert not is_running(child)


def is_running(process: int) -> bool:
    """Whether a process lives; one that has ended and was not collected yet does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_conversion_that_writes_nothing_says_what_libreoffice_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_office(tmp_path, monkeypatch, "echo 'source file could not be loaded'")
    with pytest.raises(Unreadable, match=r"malformed: .*source file could not be loaded"):
        convert(b"x", "doc", "docx")
