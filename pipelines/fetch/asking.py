"""One address asked for: turn by turn, hop by hop, attempt by attempt."""

import time
from collections.abc import Callable, Mapping

import httpx
from msgspec import structs
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential_jitter

from pipelines.fetch.answers import Answer
from pipelines.fetch.exchange import REDIRECTS, exchange
from pipelines.fetch.guard import Guard, RefusedUrlError, host_of
from pipelines.fetch.robots import Robots
from pipelines.fetch.settings import FetchSettings
from pipelines.fetch.transport import GuardedTransport
from pipelines.fetch.turns import Turns

Validators = Mapping[str, Mapping[str, str]]
_ACCEPT = {
    "accept": "text/html,application/xhtml+xml,application/pdf,application/msword,application/vnd.*,*/*;q=0.5",
    "accept-encoding": "gzip, deflate",
    "accept-language": "zh-CN,zh;q=0.9",
}


class Asker:
    """Asks for addresses on behalf of one run; threads share it."""

    def __init__(self, settings: FetchSettings, guard: Guard, sleep: Callable[[float], None] = time.sleep) -> None:
        """Open no connection yet."""
        self._settings, self._guard, self._sleep = settings, guard, sleep
        self._transport = GuardedTransport(guard)
        self._turns = Turns(sleep)
        self._robots = Robots(lambda url: self._ask(url, {}, None))

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def ask(self, url: str, validators: Validators) -> Answer:
        """Ask until the answer is final, or the attempts are used up.

        Args:
            url: the address.
            validators: by address, the headers of a conditional request.
        """
        return self._ask(url, validators, self._robots)

    def _ask(self, url: str, validators: Validators, robots: Robots | None) -> Answer:
        last: list[Answer] = []

        def attempt() -> Answer:
            last.append(self._follow(url, validators, robots))
            return last[-1]

        backoff = wait_exponential_jitter(
            multiplier=self._settings.first_wait_seconds, max=self._settings.longest_wait_seconds
        )

        def wait(state: RetryCallState) -> float:
            return max(backoff(state), last[-1].retry_after)

        longest = self._settings.longest_wait_seconds
        retrying = Retrying(
            retry=retry_if_result(lambda answer: answer.may_pass and answer.retry_after <= longest),
            stop=stop_after_attempt(self._settings.attempts),
            wait=wait,
            sleep=self._sleep,
            retry_error_callback=lambda _state: last[-1],
        )
        retrying(attempt)
        return structs.replace(last[-1], attempts=len(last))

    def _follow(self, url: str, validators: Validators, robots: Robots | None) -> Answer:
        """One attempt with all its hops. Cookies live as long as it does; the time of all hops is counted together."""
        client = httpx.Client(
            transport=self._transport,
            trust_env=False,
            headers={"user-agent": self._settings.user_agent, **_ACCEPT},
            timeout=httpx.Timeout(self._settings.read_seconds, connect=self._settings.connect_seconds),
        )
        hops, left = [url], self._settings.answer_seconds
        while True:
            begun = time.monotonic()
            answer, waited = self._hop(client, hops[-1], validators, robots, left)
            left -= time.monotonic() - begun - waited
            answer = structs.replace(answer, redirects=tuple(hops[1:-1]))
            if answer.http_status not in REDIRECTS or "location" not in answer.headers:
                return answer
            target = _target(answer.final_url, answer.headers["location"])
            if target in hops and not client.cookies:
                return structs.replace(answer, status="bad_redirect", detail=f"it leads back to {target}")
            if len(hops) > self._settings.redirects:
                detail = f"it leads on more than {self._settings.redirects} times"
                return structs.replace(answer, status="bad_redirect", detail=detail)
            hops.append(target)

    def _hop(
        self, client: httpx.Client, url: str, validators: Validators, robots: Robots | None, seconds: float
    ) -> tuple[Answer, float]:
        """The answer of one address, and the seconds that were waited until it was its host's turn.

        Validators are known by the address as it is sent, which is that of the answer they came with.
        """
        begun = time.monotonic()
        try:
            parsed = self._guard.parse(url)
        except RefusedUrlError as error:
            return Answer(status="refused_url", detail=str(error), final_url=url), 0
        delay = self._settings.delay_seconds
        if robots is not None:
            verdict = robots.judge(parsed)
            if not verdict.is_allowed:
                return Answer(status="refused_by_robots", detail=verdict.reason, final_url=url), 0
            delay = max(delay, min(verdict.delay, self._settings.longest_delay_seconds))
        with self._turns.turn(host_of(parsed), delay):
            waited = time.monotonic() - begun
            request = client.build_request("GET", parsed, headers=dict(validators.get(str(parsed), {})))
            return exchange(client, request, self._settings, seconds), waited


def _target(base: str, location: str) -> str:
    """Where a redirect leads; what cannot be joined is given as it is, and refused as an address."""
    try:
        return str(httpx.URL(base).join(location))
    except (httpx.InvalidURL, ValueError):
        return location
