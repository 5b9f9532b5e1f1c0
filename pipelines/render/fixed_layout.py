"""The OFD layout (GB/T 33190): a package of XML pages on which texts and lines have their places."""

from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pipelines.render.page import Page
from pipelines.render.placed import HEIGHT, WIDTH, Sheet, place

_NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_PACKED_AT = (2021, 9, 26, 0, 0, 0)  # a fixed time, so that the same report gives the same bytes
_BOX = f"<ofd:PhysicalBox>0 0 {WIDTH:g} {HEIGHT:g}</ofd:PhysicalBox>"
_FONT = 1
_WIDE = 0x2E80


def write_ofd(page: Page) -> bytes:
    """The page as one OFD file; the same page gives the same bytes."""
    sheets = place(page)
    pages = "".join(
        f'<ofd:Page ID="{100 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>' for number in range(len(sheets))
    )
    parts = {
        "OFD.xml": f'{_HEAD}<ofd:OFD {_NAMESPACE} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo/>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"{_HEAD}<ofd:Document {_NAMESPACE}><ofd:CommonData><ofd:PageArea>{_BOX}</ofd:PageArea>"
        f"</ofd:CommonData><ofd:Pages>{pages}</ofd:Pages></ofd:Document>",
    }
    for number, sheet in enumerate(sheets):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _content(sheet)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(ZipInfo(name, _PACKED_AT), text, ZIP_DEFLATED)
    return packed.getvalue()


def _content(sheet: Sheet) -> str:
    objects: list[str] = []
    for number, text in enumerate(sheet.texts):
        steps = [text.size if ord(one) >= _WIDE else text.size / 2 for one in text.text]
        delta = f' DeltaX="{_deltas(steps[:-1])}"' if len(steps) > 1 else ""
        boundary = f"{text.x:.2f} {text.y - text.size:.2f} {sum(steps):.2f} {text.size * 1.2:.2f}"
        objects.append(
            f'<ofd:TextObject ID="{number}" Boundary="{boundary}" Font="{_FONT}" Size="{text.size:g}">'
            f'<ofd:TextCode X="0" Y="{text.size:g}"{delta}>{escape(text.text)}</ofd:TextCode></ofd:TextObject>'
        )
    for rule in sheet.rules:
        width, height = rule.x1 - rule.x0, rule.y1 - rule.y0
        boundary = f"{rule.x0:.2f} {rule.y0:.2f} {width:.2f} {height:.2f}"
        objects.append(
            f'<ofd:PathObject ID="{len(objects)}" Boundary="{boundary}" LineWidth="0.25">'
            f"<ofd:AbbreviatedData>M 0 0 L {width:.2f} {height:.2f}</ofd:AbbreviatedData></ofd:PathObject>"
        )
    layer = f'<ofd:Layer Type="Body" ID="1">{"".join(objects)}</ofd:Layer>'
    return f"{_HEAD}<ofd:Page {_NAMESPACE}><ofd:Content>{layer}</ofd:Content></ofd:Page>"


def _deltas(steps: list[float]) -> str:
    """The steps from character to character; equal ones are written once, as `g 3 5`."""
    if len(steps) > 1 and len(set(steps)) == 1:
        return f"g {len(steps)} {steps[0]:g}"
    return " ".join(f"{step:g}" for step in steps)
