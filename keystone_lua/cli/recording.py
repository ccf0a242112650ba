"""The decision log of ``serve``: what the server's observers hear, told to the audit's recorder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..audit import Anchorage, Masks, Recorder, check_anchorage, check_log
from ..audit.shipped import waiting
from ..audit.vault import Vault
from ..routing.request import RequestData
from ..server.decisions.observers import FileObserver, ObserverFactory
from ..server.orders import Switch
from ..server.outcome import Outcome
from ..server.settings.config import DecisionLog, ServerConfig
from ..server.telemetry.exposition import Unshipped
from .options import UsageError, read_file


def decision_log(config: ServerConfig) -> Sequence[ObserverFactory]:
    """What ``serve`` needs to record decisions, if it is told to. Raises `UsageError`."""
    log = config.decision_log
    if log is None:
        return ()
    key = read_file(str(log.key)).strip() if log.key is not None else None
    try:
        vault = Vault(log.vault) if log.vault is not None else None
        masks = Masks(config.hidden, key, vault)
    except ValueError as error:
        raise UsageError(f"{log.key}: {error}") from None
    except OSError as error:
        raise UsageError(f"cannot use {log.vault}: {error.strerror or error}") from None
    try:
        check_log(log.file)
    except OSError as error:
        raise UsageError(f"cannot write {log.file}: {error.strerror or error}") from None
    try:
        check_anchorage(_anchorage(log))
    except ValueError as error:
        raise UsageError(f"decision-log-anchor-command: {error}") from None
    except OSError as error:
        raise UsageError(f"cannot use {error.filename}: {error.strerror or error}") from None
    return (partial(_Recording, config, log, masks),)


def _anchorage(log: DecisionLog) -> Anchorage | None:
    if log.anchors is None and not log.anchor_command:
        return None
    return Anchorage(log.anchors, log.seal, log.anchor_command, log.anchor_seconds)


class _Recording(FileObserver):
    """Records one worker's decisions."""

    def __init__(self, config: ServerConfig, log: DecisionLog, masks: Masks) -> None:
        self.sync = log.sync
        self._file = log.file
        self._limits_of = config.limits_of
        self._recorder = Recorder(
            log.file,
            masks,
            rotate_bytes=log.rotate_bytes,
            rotate_seconds=log.rotate_seconds,
            anchorage=_anchorage(log),
        )

    def decided(self, outcome: Outcome, request: RequestData, request_id: str, seconds: float) -> None:
        self._recorder.record(
            outcome.tenant,
            request,
            outcome.program,
            outcome.decision,
            outcome.answer,
            outcome.failure,
            limits=self._limits_of(outcome.tenant),
            request_id=request_id,
            lane=outcome.lane,
            answered=outcome.text,
        )

    def switched(self, switch: Switch) -> None:
        self._recorder.note_switch(switch.plain())

    @property
    def missed(self) -> int:
        self._recorder.look()  # asked for once a second
        return self._recorder.dropped

    @property
    def unanchored(self) -> int:
        return self._recorder.anchor_failures

    def settle(self) -> None:
        self._recorder.settle()

    def reopen(self) -> None:
        self._recorder.reopen()

    def unshipped(self) -> Unshipped | None:
        found = waiting(self._file)
        return Unshipped(found.segments, found.confirmed_at) if found is not None else None

    def close(self) -> None:
        self._recorder.close()
