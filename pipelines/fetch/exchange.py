"""One request and its answer, with every way in which it can fail as an answer of its own."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from pipelines.fetch.answers import Answer, Status
from pipelines.fetch.body import TooLargeError, TruncatedError, UnknownEncodingError, read_body, unpack_undeclared
from pipelines.fetch.guard import BlockedAddressError
from pipelines.fetch.settings import FetchSettings
from pipelines.fetch.transport import time_limit
from pipelines.limits import MEGABYTE

KEPT_HEADERS = ("content-type", "content-encoding", "etag", "last-modified", "content-disposition", "date", "server")
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
_LONGEST_HEADER = 500
_TYPES = (
    *("text/", "image/", "binary/", "application/xhtml", "application/xml", "application/json", "application/pdf"),
    *("application/msword", "application/vnd.", "application/ofd", "application/rtf", "application/octet-stream"),
    *("application/wps", "application/kswps", "application/kset", "application/zip", "application/x-zip"),
    *("application/x-download", "application/x-msdownload", "application/force-download", "application/download"),
)
_NO_TYPES = ("text/css", "text/javascript", "image/svg", "image/x-icon", "application/vnd.android")


def read_retry_after(value: str) -> float:
    """The seconds that a Retry-After asks for, also as a date; 0 if it says nothing."""
    if value.isdecimal():
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def exchange(client: httpx.Client, request: httpx.Request, settings: FetchSettings, seconds: float) -> Answer:
    """Send a request and read its answer within `seconds`; a redirect is not followed.

    Returns:
        The answer; one with the status of a redirect has `http_error` and the header `location`.
    """
    url = str(request.url)
    response: httpx.Response | None = None
    try:
        with time_limit(seconds):
            response = client.send(request, stream=True)
            return _read(response, url, settings)
    except BlockedAddressError as error:
        return Answer(status="blocked_address", detail=str(error), final_url=url)
    except httpcore.TimeoutException as error:
        return Answer(status="timeout", detail=str(error) or type(error).__name__, final_url=url)
    except httpcore.ProtocolError as error:
        return Answer(status=_status_of(error, response), detail=str(error), final_url=url)
    except (httpcore.NetworkError, OSError) as error:
        return Answer(status="unreachable", detail=str(error) or type(error).__name__, final_url=url)
    finally:
        if response is not None:
            _close(response)


def _is_conditional(request: httpx.Request) -> bool:
    return "if-none-match" in request.headers or "if-modified-since" in request.headers


def _status_of(error: httpcore.ProtocolError, response: httpx.Response | None) -> Status:
    """What a breach of the protocol means: a body cut off, a connection closed before any answer, or nonsense."""
    if response is not None:
        return "truncated"
    return "unreachable" if "disconnected" in str(error) else "bad_response"


def _close(response: httpx.Response) -> None:
    """End the answer; what was not read is not waited for."""
    try:
        with time_limit(1):
            response.close()
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return


def _read(response: httpx.Response, url: str, settings: FetchSettings) -> Answer:
    headers = {name: response.headers[name][:_LONGEST_HEADER] for name in KEPT_HEADERS if name in response.headers}
    code = response.status_code

    def answer(status: Status, detail: str = "", content: bytes = b"", retry_after: float = 0) -> Answer:
        return Answer(
            status=status,
            detail=detail,
            final_url=url,
            http_status=code,
            headers=headers,
            content=content,
            retry_after=retry_after,
        )

    if code == NOT_MODIFIED and _is_conditional(response.request):
        return answer("not_modified")
    if code in REDIRECTS and "location" in response.headers:
        headers["location"] = response.headers["location"]
        return answer("http_error", f"it leads on to {headers['location']}")
    if not response.is_success:
        detail = f"the server answered {code} {response.reason_phrase}".rstrip()
        return answer("http_error", detail, retry_after=read_retry_after(response.headers.get("retry-after", "")))
    if refusal := _refuse_type(headers.get("content-type", "")):
        return answer("wrong_type", refusal)
    allowed = f"allowed are {settings.document_bytes // MEGABYTE:,} MB"
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > settings.document_bytes:
        return answer("too_large", f"it says it has {int(length):,} bytes; {allowed}")
    try:
        content = _read_content(response, headers, settings.document_bytes)
    except TooLargeError:
        return answer("too_large", f"it has more than that: {allowed}, packed and unpacked")
    except TruncatedError:
        return answer("truncated", "it is packed and ends before it is whole")
    except UnknownEncodingError as error:
        return answer("bad_response", str(error))
    return answer("fetched", content=content) if content else answer("empty", "the answer has no byte")


def _read_content(response: httpx.Response, headers: Mapping[str, str], limit: int) -> bytes:
    encoding = headers.get("content-encoding", "").strip().lower()
    content = read_body(response.iter_raw(), encoding, limit)
    is_text = headers.get("content-type", "text/").lower().startswith(("text/", "application/xhtml"))
    return unpack_undeclared(content, limit) if is_text else content


def _refuse_type(content_type: str) -> str:
    """Why a document cannot be of this type; an empty text if it can, or if the answer does not say."""
    name = content_type.partition(";")[0].strip().lower()
    if not name or (name.startswith(_TYPES) and not name.startswith(_NO_TYPES)):
        return ""
    return f"it is of type `{name[:100]}`; allowed are pages, texts, office documents, PDF, OFD, pictures and ZIP"
