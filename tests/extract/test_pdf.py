"""PDF files: lines and ruled rows, and files that cannot be read."""

import io

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from pipelines.extract.document import extract_document
from pipelines.extract.readers.pdf import read_pdf


def drawn(encrypt: StandardEncryption | None = None, *, text: bool = True) -> bytes:
    """Two pages with a line, a ruled row of three cells and a page number each."""
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=encrypt)
    for page in (1, 2):
        canvas.grid([100, 200, 300, 400], [600, 630])
        if text:
            canvas.drawString(100, 700, f"line {page}")
            for column, figure in enumerate((12, 3, 4567)):
                canvas.drawString(110 + 100 * column, 610, str(figure))
            canvas.drawString(290, 30, f"- {page} -")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def reason_of(content: bytes) -> str:
    document = extract_document(content, "report.pdf", "2024-03-01")
    assert document.rejection is not None
    return document.rejection.reason


def test_lines_and_rows_come_in_order_without_page_numbers() -> None:
    pieces = list(read_pdf(drawn()))
    rows = [[p.text for p in pieces if p.kind == "cell" and p.span.page == page] for page in (1, 2)]
    assert rows == [["12", "3", "4567"]] * 2
    assert [(p.text, p.span.page) for p in pieces if p.kind == "line"] == [("line 1", 1), ("line 2", 2)]
    assert [p.kind for p in pieces if p.span.page == 1] == ["line", "cell", "cell", "cell", "row_end"]


def test_a_file_with_a_password_is_refused() -> None:
    assert reason_of(drawn(StandardEncryption("secret", canPrint=0))) == "encrypted"


def test_files_that_are_no_readable_pdf_are_refused() -> None:
    assert reason_of(drawn(text=False)) == "empty"
    assert reason_of(b"%PDF-1.7\nnothing else") == "malformed"
